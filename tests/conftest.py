"""What all tests have in common: how two processes share them, and a database for each."""

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.databases import copy_database, drop_database

# A busy machine is slow; that is no failure.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

SITES = (
    ("tests/browser/", "[sandbox"),
    ("tests/browser/", "[stripe"),
    ("tests/example_site/",),
    ("tests/resilience/cluster/",),
    ("tests/stripe_fake/test_element.py",),
)
"""What the ids of tests have in common that share a site or a browser."""


class Scheduling(LoadScopeScheduling):
    """One by one, so that those which empty the database stay last; those with a site go together."""

    def _split_scope(self, nodeid):
        for parts in SITES:
            if all(part in nodeid for part in parts):
                return "".join(parts)
        return nodeid


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment):
    """Give this process a copy of the prepared database."""
    from huey.contrib.djhuey import HUEY

    from tests.settings import FOLDER

    copy_database(FOLDER)
    yield
    drop_database(FOLDER)
    # A Redis outlives the tests.
    HUEY.flush()


@pytest.fixture(autouse=True)
def empty_cache():
    """A test's rows are taken back, and with them what was cached of them."""
    from django.core.cache import cache

    cache.clear()
