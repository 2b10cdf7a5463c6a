"""What shares processes or a site runs in one and the same of pytest-xdist's workers."""

from pathlib import Path

import pytest

TOGETHER = {"browser": "processes", "resilience": "processes", "example_site": "example_site"}


def pytest_itemcollected(item):
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    if folder in TOGETHER:
        item.add_marker(pytest.mark.xdist_group(TOGETHER[folder]))
