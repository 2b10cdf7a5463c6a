import pytest

from tests.support.stripe_fake.fixtures import stripe_fake

__all__ = ["stripe_fake"]


@pytest.fixture
def fake(stripe_fake):
    return stripe_fake


@pytest.fixture
def client(fake):
    return fake.client()
