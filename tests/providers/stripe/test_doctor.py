"""What ``payments_doctor`` reports about Stripe."""

import pytest

from wagtail_payments.providers.types import Level

from .factories import make_provider

URL = "https://site.example/payments/webhooks/stripe/"


def findings(provider, level):
    return [found for found in provider.examine(URL) if found.level == level]


def test_valid_endpoint_has_no_problems(fake, provider):
    fake.add_endpoint(URL)
    assert findings(provider, Level.ERROR) == findings(provider, Level.WARNING) == []
    assert findings(provider, Level.OK)


@pytest.mark.parametrize(
    ("changes", "level", "text"),
    [
        ({"status": "disabled"}, Level.ERROR, "disabled"),
        ({"events": ["charge.updated"]}, Level.ERROR, "checkout.session.completed"),
        ({"version": "2020-08-27"}, Level.WARNING, "2020-08-27"),
        ({"url": "https://elsewhere.example/"}, Level.WARNING, "no webhook endpoint"),
    ],
)
def test_endpoint_problems_are_reported(fake, provider, changes, level, text):
    fake.add_endpoint(**{"url": URL, **changes})
    (found,) = findings(provider, level)
    assert text in found.message
    assert found.cure


def test_missing_endpoint_is_an_error_in_live_mode(fake):
    live = make_provider(fake, secret_key="sk_live_fake", publishable_key="pk_live_fake")
    (found,) = findings(live, Level.ERROR)
    assert "no webhook endpoint" in found.message


def test_invalid_key_is_reported(fake):
    (found,) = findings(make_provider(fake, secret_key="sk_test_wrong"), Level.ERROR)
    assert "account" in found.message
    assert "wrong" not in found.message
