"""One site for all proofs. What one leaves behind, the next one's audit sees too."""

from pathlib import Path

import pytest

from tests.resilience.site import Cluster


def pytest_collection_modifyitems(items):
    """Have all that share the site run in one process."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and "site" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("resilience"))


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    site = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(autouse=True)
def nothing_lost_nothing_doubled(request):
    """End every test by settling the site and counting."""
    yield
    if "site" in request.fixturenames:
        assert request.getfixturevalue("site").settle() == {"lost": [], "doubled": []}
