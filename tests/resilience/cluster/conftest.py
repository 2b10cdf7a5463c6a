"""One site for all proofs. What one leaves behind, the next one's audit sees too."""

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
def nothing_lost_nothing_doubled(request):
    """End every test by settling the site and counting."""
    yield
    if "site" in request.fixturenames:
        assert request.getfixturevalue("site").settle() == {"lost": [], "doubled": []}
