"""Looking up a misconfigured provider: errors are clear, and contain no keys."""

import traceback

import pytest
from django.test import RequestFactory
from django.views.debug import technical_500_response

from tests.support.factories import make_product
from wagtail_payments.blocks.payment import PaymentBlock
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.selectors.payments.tokens import placement_token

KEYS = ("sk_live_of_the_site", "whsec_of_the_site")


@pytest.fixture
def mismatched(settings):
    conf = settings.WAGTAIL_PAYMENTS
    options = {
        "secret_key": KEYS[0],
        "publishable_key": "pk_test_of_the_site",
        "webhook_secrets": [KEYS[1]],
    }
    stripe = {
        "CLASS": "wagtail_payments.providers.stripe.provider.StripeProvider",
        "OPTIONS": options,
    }
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {**conf["PROVIDERS"], "stripe": stripe}}


def failure():
    with pytest.raises(ProviderMisconfigured) as failed:
        get_provider("stripe")
    return failed.value


def test_no_keys_in_tracebacks(mismatched):
    error = failure()
    shown = "".join(
        traceback.TracebackException.from_exception(error, capture_locals=True).format()
    )
    assert "both from the same mode" in shown
    assert [key for key in KEYS if key in shown] == []


def test_no_keys_on_error_pages(mismatched, settings):
    settings.DEBUG = True
    error = failure()
    page = technical_500_response(
        RequestFactory().get("/"), type(error), error, error.__traceback__
    ).content.decode()
    assert "ProviderMisconfigured" in page
    assert [key for key in KEYS if key in page] == []


@pytest.mark.django_db
@pytest.mark.parametrize("alias", ["gone", "stripe"])
def test_block_with_an_unusable_provider(mismatched, client, alias):
    product = make_product()
    value = {"product": product, "button_text": "", "layout": "card", "ui": "inline"}
    html = PaymentBlock().render(
        {**value, "provider": alias}, {"request": RequestFactory().get("/")}
    )
    assert "This is not for sale at the moment." in html
    placement = placement_token(
        page_id=None, revision_id=None, product_id=product.pk, provider=alias
    )
    page = client.get("/payments/checkout/", {"placement": placement})
    assert page.status_code == 409
    assert [key for key in KEYS if key in page.content.decode()] == []
