"""Runs each contract test with every provider that has the abilities it needs."""

from collections.abc import Iterator

import pytest

from .acorn import AcornHarness
from .harness import Harness
from .offline import OfflineHarness
from .sandbox import SandboxHarness
from .stripe import StripeHarness

HARNESSES: tuple[type[Harness], ...] = (SandboxHarness, StripeHarness, OfflineHarness, AcornHarness)


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*abilities): the abilities that a provider must have")


def pytest_generate_tests(metafunc):
    if "harness" not in metafunc.fixturenames:
        return
    needed = {name for mark in metafunc.definition.iter_markers("needs") for name in mark.args}
    matching = [harness for harness in HARNESSES if needed <= harness.abilities]
    assert matching, f"No provider can do {needed}."
    metafunc.parametrize("harness", matching, indirect=True, ids=lambda harness: harness.__name__)


@pytest.fixture
def harness(request, db) -> Iterator[Harness]:
    harness = request.param()
    yield harness
    harness.close()
