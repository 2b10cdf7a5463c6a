import pytest

from tests.support.stripe_fake.fixtures import stripe_fake

from .factories import make_provider

__all__ = ["stripe_fake"]


@pytest.fixture
def fake(stripe_fake):
    return stripe_fake


@pytest.fixture
def provider(fake):
    return make_provider(fake)
