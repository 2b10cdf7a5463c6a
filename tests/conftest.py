"""What all tests have in common: how processes share them, and a database for each process."""

import gc

import pytest
from django.middleware import csrf
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.resilience.sizes import FULL
from tests.support.databases import copy_database, drop_database

# A busy machine is slow; that is no failure.
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
"""What the ids of tests have in common that share a site or a browser."""


class Scheduling(LoadScopeScheduling):
    """A file's tests go together, for its fixtures' sake; so do all those that share a site."""

    def _split_scope(self, nodeid):
        for parts in SITES:
            if all(part in nodeid for part in parts):
                return "".join(parts)
        return nodeid.partition("::")[0]


def pytest_collection_finish():
    """Spare the garbage collector what stays until the end: all modules and tests."""
    gc.collect()
    gc.freeze()


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
    # Django sends this when it has emptied the database after a test with real transactions.
    post_migrate.connect(make_first_rows, sender=apps.get_app_config("testapp"))
    yield
    drop_database(FOLDER)
    # A Redis outlives the tests.
    HUEY.flush()


@pytest.fixture(autouse=True)
def empty_cache():
    """A test's rows are taken back, and with them what was cached of them."""
    from django.core.cache import cache

    cache.clear()
