"""Providers and checkout requests for the tests of the Stripe provider."""

from datetime import UTC, datetime, timedelta

from wagtail_payments.providers.stripe import StripeProvider
from wagtail_payments.providers.types import CheckoutRequest, CheckoutUI

SECRETS = ["whsec_old_and_hidden", "whsec_new_and_hidden"]


def make_provider(fake, *, interactive=True, **options):
    defaults = {
        "secret_key": "sk_test_fake",
        "publishable_key": "pk_test_fake",
        "webhook_secrets": SECRETS,
        "api_base": fake.url,
    }
    provider = StripeProvider(alias="stripe", **{**defaults, **options})
    provider.interactive = interactive
    return provider


def make_request(**changes):
    now = datetime.now(UTC)
    defaults = {
        "idempotency_key": "payment-42:1",
        "amount": 1250,
        "currency": "EUR",
        "description": "Star night",
        "quantity": 1,
        "ui": CheckoutUI.INLINE,
        "return_url": "https://site.example/thanks/",
        "cancel_url": "https://site.example/",
        "webhook_url": "https://site.example/payments/webhooks/stripe/",
        "expires_at": now + timedelta(minutes=45),
        "started_at": now,
        "metadata": {"app": "tests", "site": "1", "payment": "42"},
    }
    return CheckoutRequest(**{**defaults, **changes})
