"""Configuration of all tests: how processes share them, and one database per process."""

import gc

import pytest
from django.middleware import csrf
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.resilience.sizes import FULL
from tests.support.databases import copy_database, drop_database

# Tests must not fail only because a machine is busy.
settings.register_profile("tests", deadline=None, max_examples=100 if FULL else 20)
settings.load_profile("tests")

# The random token in a page must not contain the text that a test looks for.
csrf.CSRF_ALLOWED_CHARS = "xz"

SITES = (
    ("tests/browser/", "[sandbox"),
    ("tests/browser/", "[stripe"),
    ("tests/example_site/",),
    ("tests/resilience/cluster/",),
    ("tests/stripe_fake/test_element.py",),
)
"""Parts of the ids of tests that share a site or a browser."""


class Scheduling(LoadScopeScheduling):
    """Keep the tests of a file together, because they share fixtures, and those that share a site."""

    def _split_scope(self, nodeid):
        return site_of(nodeid) or nodeid.partition("::")[0]


def site_of(nodeid):
    for parts in SITES:
        if all(part in nodeid for part in parts):
            return "".join(parts)
    return None


def pytest_collection_modifyitems(items):
    """Start with the longest, so that no process waits for another one at the end."""
    items.sort(key=lambda item: (not site_of(item.nodeid), not item.get_closest_marker("slow")))


def pytest_collection_finish():
    """Exclude modules and tests from garbage collection, because they stay; collect the rest rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment):
    """Give this process a copy of the prepared database."""
    from django.apps import apps
    from django.db.models.signals import post_migrate
    from huey.contrib.djhuey import HUEY

    from tests.settings import FOLDER
    from tests.support.databases.tables import make_first_rows

    copy_database(FOLDER)
    # Django sends this signal after it has emptied the database of a test with real transactions.
    post_migrate.connect(make_first_rows, sender=apps.get_app_config("testapp"))
    yield
    drop_database(FOLDER)
    # A Redis queue outlives the tests.
    HUEY.flush()


@pytest.fixture(autouse=True)
def empty_cache():
    """Each test's rows are rolled back, so the cache must not keep them."""
    from django.core.cache import cache

    cache.clear()
