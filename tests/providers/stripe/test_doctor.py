"""What ``payments_doctor`` is told about Stripe."""

import pytest

from wagtail_payments.providers.types import Level

from .making import make_provider

URL = "https://site.example/payments/webhooks/stripe/"


def findings(provider, level):
    return [found for found in provider.examine(URL) if found.level == level]


def test_all_is_well(fake, provider):
    fake.add_endpoint(URL)
    assert findings(provider, Level.ERROR) == findings(provider, Level.WARNING) == []
    assert findings(provider, Level.OK)


@pytest.mark.parametrize(
    ("facts", "level", "words"),
    [
        ({"status": "disabled"}, Level.ERROR, "disabled"),
        ({"events": ["charge.updated"]}, Level.ERROR, "checkout.session.completed"),
        ({"version": "2020-08-27"}, Level.WARNING, "2020-08-27"),
        ({"url": "https://elsewhere.example/"}, Level.WARNING, "no webhook endpoint"),
    ],
)
def test_an_endpoint_that_is_not_well(fake, provider, facts, level, words):
    fake.add_endpoint(**{"url": URL, **facts})
    (found,) = findings(provider, level)
    assert words in found.message
    assert found.cure


def test_a_missing_endpoint_is_an_error_where_money_moves(fake):
    live = make_provider(fake, secret_key="sk_live_fake", publishable_key="pk_live_fake")
    (found,) = findings(live, Level.ERROR)
    assert "no webhook endpoint" in found.message


def test_a_key_that_is_refused(fake):
    (found,) = findings(make_provider(fake, secret_key="sk_test_wrong"), Level.ERROR)
    assert "account" in found.message
    assert "wrong" not in found.message
