"""Opening, resuming and expiring a checkout, with every provider."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_payments.providers.exceptions import ProviderRefused, ReferenceUnknown
from wagtail_payments.providers.types import CheckoutUI, ProviderStatus

OTHER_REQUESTS = [
    {"amount": 1251},
    {"currency": "USD"},
    {"description": "Sun day"},
    {"quantity": 2},
    {"return_url": "http://testserver/elsewhere/"},
    {"metadata": {"payment": "43"}},
]


@pytest.mark.needs("hosted")
def test_hosted_checkout_has_a_url(harness):
    session = harness.provider.checkout_open(harness.request(ui=CheckoutUI.HOSTED))
    assert session.url.startswith(("http://", "https://"))
    assert session.reference
    assert not session.client


@pytest.mark.needs("inline")
def test_inline_checkout_has_client_data(harness):
    session = harness.provider.checkout_open(harness.request(ui=CheckoutUI.INLINE))
    assert session.client
    assert session.url is None
    assert all(isinstance(value, str) for value in session.client.values())
    assert harness.provider.frontend().module


@pytest.mark.needs("state")
def test_new_checkout_is_open_for_the_requested_amount(harness):
    reference = harness.open_checkout(amount=9900, currency="EUR")
    snapshot = harness.provider.payment_retrieve(reference)
    assert snapshot.checkout_reference == reference
    assert snapshot.status == ProviderStatus.OPEN
    assert (snapshot.amount, snapshot.currency) == (9900, "EUR")
    assert snapshot.decline is None
    assert snapshot.fee is None


@pytest.mark.needs("state")
@pytest.mark.parametrize(("currency", "amount"), [("JPY", 500), ("KWD", 1250), ("UGX", 5000)])
def test_amounts_are_minor_units_of_iso_4217(harness, currency, amount):
    assert harness.provider.supports_currency(currency)
    reference = harness.open_checkout(currency=currency, amount=amount)
    snapshot = harness.provider.payment_retrieve(reference)
    assert (snapshot.amount, snapshot.currency) == (amount, currency)


@pytest.mark.parametrize("currency", ["", "EURO", "eur", "ZZZ", "XXX"])
def test_unknown_currencies_are_not_supported(harness, currency):
    assert not harness.provider.supports_currency(currency)


def test_the_same_key_and_request_open_one_checkout(harness):
    request = harness.request()
    first = harness.provider.checkout_open(request)
    assert harness.provider.checkout_open(request) == first


def test_another_key_opens_another_checkout(harness):
    request = harness.request()
    first = harness.provider.checkout_open(request)
    second = harness.provider.checkout_open(replace(request, idempotency_key="another"))
    assert first.reference != second.reference


@pytest.mark.needs("state")
@pytest.mark.parametrize("change", OTHER_REQUESTS, ids=lambda change: next(iter(change)))
def test_the_same_key_with_another_request_is_refused(harness, change):
    request = harness.request()
    reference = harness.provider.checkout_open(request).reference
    before = harness.provider.payment_retrieve(reference)
    with pytest.raises(ProviderRefused):
        harness.provider.checkout_open(replace(request, **change))
    assert harness.provider.payment_retrieve(reference) == before


@pytest.mark.needs("state")
def test_resuming_an_open_checkout_returns_the_same_session(harness):
    session = harness.provider.checkout_open(harness.request())
    assert harness.provider.checkout_resume(session.reference) == session


@pytest.mark.needs("state")
def test_a_paid_checkout_is_not_resumed(harness):
    reference = harness.open_checkout()
    harness.pay(reference)
    with pytest.raises(ProviderRefused):
        harness.provider.checkout_resume(reference)
    assert harness.provider.payment_retrieve(reference).status == ProviderStatus.SUCCEEDED


@pytest.mark.needs("state")
def test_expired_checkout_stays_closed(harness):
    reference = harness.open_checkout()
    assert harness.provider.checkout_expire(reference).status == ProviderStatus.EXPIRED
    assert harness.provider.payment_retrieve(reference).status == ProviderStatus.EXPIRED
    with pytest.raises(ProviderRefused):
        harness.provider.checkout_resume(reference)


@pytest.mark.needs("state")
def test_expiring_twice_returns_the_same_snapshot(harness):
    reference = harness.open_checkout()
    first = harness.provider.checkout_expire(reference)
    assert harness.provider.checkout_expire(reference) == first


@pytest.mark.needs("state")
def test_a_paid_checkout_stays_paid_when_it_is_expired(harness):
    reference = harness.open_checkout()
    harness.pay(reference)
    paid = harness.provider.payment_retrieve(reference)
    assert harness.provider.checkout_expire(reference) == paid
    assert paid.status == ProviderStatus.SUCCEEDED


@pytest.mark.parametrize("reference", ["", "nothing", "sbx_cs_none", "cs_test_none", "a" * 300])
def test_unknown_reference(harness, reference):
    for call in (
        harness.provider.payment_retrieve,
        harness.provider.checkout_resume,
        harness.provider.checkout_expire,
    ):
        with pytest.raises(ReferenceUnknown):
            call(reference)


def test_expiry_in_the_past_is_refused(harness):
    past = timezone.now() - timedelta(minutes=1)
    with pytest.raises(ProviderRefused):
        harness.provider.checkout_open(harness.request(expires_at=past))


@pytest.mark.parametrize("amount", [0, -1])
def test_zero_or_negative_amount_is_refused(harness, amount):
    with pytest.raises(ProviderRefused):
        harness.provider.checkout_open(harness.request(amount=amount))
