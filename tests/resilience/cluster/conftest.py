"""One site for all tests of this package, so each audit covers earlier tests too."""

import pytest

from tests.resilience.cluster.site import Cluster


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    site = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(autouse=True)
def check_audit(request):
    """After each test, wait for the site and check its audit."""
    yield
    if "site" in request.fixturenames:
        assert request.getfixturevalue("site").settle() == {"lost": [], "duplicates": []}
