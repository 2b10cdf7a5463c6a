"""Runs each contract test with every provider that has the abilities it needs."""

from collections.abc import Iterator

import pytest

from .acorn import AcornHarness
from .harness import Harness
from .offline import OfflineHarness
from .sandbox import SandboxHarness
from .stripe import StripeHarness

HARNESSES: tuple[type[Harness], ...] = (SandboxHarness, StripeHarness, OfflineHarness, AcornHarness)
IN_DATABASE = (SandboxHarness,)
"""Their companies keep their data in the database."""


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*abilities): the abilities that a provider must have")


def pytest_generate_tests(metafunc):
    if "harness" not in metafunc.fixturenames:
        return
    needed = {name for mark in metafunc.definition.iter_markers("needs") for name in mark.args}
    matching = [harness for harness in HARNESSES if needed <= harness.abilities]
    assert matching, f"No provider can do {needed}."
    params = [
        pytest.param(
            harness, id=harness.__name__, marks=[pytest.mark.db] * (harness in IN_DATABASE)
        )
        for harness in matching
    ]
    metafunc.parametrize("harness", params, indirect=True)


@pytest.fixture
def harness(request, db) -> Iterator[Harness]:
    harness = request.param()
    yield harness
    harness.close()
