"""Runs every contract test on every provider that can do what the test needs."""

from collections.abc import Iterator

import pytest

from .acorn import AcornBench
from .bench import Bench
from .offline import OfflineBench
from .sandbox import SandboxBench
from .stripe import StripeBench

BENCHES: tuple[type[Bench], ...] = (SandboxBench, StripeBench, OfflineBench, AcornBench)


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*abilities): what a provider must be able to do")


def pytest_generate_tests(metafunc):
    if "bench" not in metafunc.fixturenames:
        return
    wanted = {name for mark in metafunc.definition.iter_markers("needs") for name in mark.args}
    able = [bench for bench in BENCHES if wanted <= bench.abilities]
    assert able, f"No provider can do {wanted}."
    metafunc.parametrize("bench", able, indirect=True, ids=lambda bench: bench.__name__)


@pytest.fixture
def bench(request, db) -> Iterator[Bench]:
    bench = request.param()
    yield bench
    bench.close()
