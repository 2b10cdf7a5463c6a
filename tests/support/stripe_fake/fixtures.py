"""Import ``stripe_fake`` in a conftest."""

import pytest

from .fake import StripeFake


@pytest.fixture
def stripe_fake():
    """A running fake; at the end, check that nothing violated Stripe's schema."""
    fake = StripeFake().start()
    yield fake
    fake.stop()
    assert fake.violations == []
