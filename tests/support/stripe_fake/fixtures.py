"""Import ``stripe_fake`` in a conftest."""

import pytest

from .fake import StripeFake


@pytest.fixture
def stripe_fake():
    """A running fake; in the end, nothing was said that Stripe's schema refuses."""
    fake = StripeFake().start()
    yield fake
    fake.stop()
    assert fake.violations == []
