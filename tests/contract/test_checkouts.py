"""Opening, resuming and closing a checkout, on every provider."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_payments.providers.exceptions import ProviderRefused, ReferenceUnknown
from wagtail_payments.providers.types import CheckoutUI, ProviderStatus

pytestmark = pytest.mark.db

OTHER_REQUESTS = [
    {"amount": 1251},
    {"currency": "USD"},
    {"description": "Sun day"},
    {"quantity": 2},
    {"return_url": "http://testserver/elsewhere/"},
    {"metadata": {"payment": "43"}},
]


@pytest.mark.needs("hosted")
def test_a_hosted_checkout_has_an_address(bench):
    session = bench.provider.checkout_open(bench.request(ui=CheckoutUI.HOSTED))
    assert session.url.startswith(("http://", "https://"))
    assert session.reference
    assert not session.client


@pytest.mark.needs("inline")
def test_an_inline_checkout_has_what_its_element_needs(bench):
    session = bench.provider.checkout_open(bench.request(ui=CheckoutUI.INLINE))
    assert session.client
    assert session.url is None
    assert all(isinstance(value, str) for value in session.client.values())
    assert bench.provider.frontend().module


@pytest.mark.needs("state")
def test_a_new_checkout_is_open_for_the_amount_asked(bench):
    reference = bench.opened(amount=9900, currency="EUR")
    snapshot = bench.provider.payment_retrieve(reference)
    assert snapshot.checkout_reference == reference
    assert snapshot.status == ProviderStatus.OPEN
    assert (snapshot.amount, snapshot.currency) == (9900, "EUR")
    assert snapshot.decline is None
    assert snapshot.fee is None


@pytest.mark.needs("state")
@pytest.mark.parametrize(("currency", "amount"), [("JPY", 500), ("KWD", 1250), ("UGX", 5000)])
def test_amounts_are_minor_units_of_iso_4217(bench, currency, amount):
    assert bench.provider.supports_currency(currency)
    reference = bench.opened(currency=currency, amount=amount)
    snapshot = bench.provider.payment_retrieve(reference)
    assert (snapshot.amount, snapshot.currency) == (amount, currency)


@pytest.mark.parametrize("currency", ["", "EURO", "eur", "ZZZ", "XXX"])
def test_no_currency_that_is_none(bench, currency):
    assert not bench.provider.supports_currency(currency)


def test_the_same_key_and_request_open_one_checkout(bench):
    request = bench.request()
    first = bench.provider.checkout_open(request)
    assert bench.provider.checkout_open(request) == first


def test_another_key_opens_another_checkout(bench):
    request = bench.request()
    first = bench.provider.checkout_open(request)
    second = bench.provider.checkout_open(replace(request, idempotency_key="another"))
    assert first.reference != second.reference


@pytest.mark.needs("state")
@pytest.mark.parametrize("change", OTHER_REQUESTS, ids=lambda change: next(iter(change)))
def test_the_same_key_with_another_request_is_refused(bench, change):
    request = bench.request()
    reference = bench.provider.checkout_open(request).reference
    before = bench.provider.payment_retrieve(reference)
    with pytest.raises(ProviderRefused):
        bench.provider.checkout_open(replace(request, **change))
    assert bench.provider.payment_retrieve(reference) == before


@pytest.mark.needs("state")
def test_an_open_checkout_is_resumed_as_it_was(bench):
    session = bench.provider.checkout_open(bench.request())
    assert bench.provider.checkout_resume(session.reference) == session


@pytest.mark.needs("state")
def test_a_paid_checkout_is_not_resumed(bench):
    reference = bench.opened()
    bench.pay(reference)
    with pytest.raises(ProviderRefused):
        bench.provider.checkout_resume(reference)
    assert bench.provider.payment_retrieve(reference).status == ProviderStatus.SUCCEEDED


@pytest.mark.needs("state")
def test_an_expired_checkout_is_closed_for_good(bench):
    reference = bench.opened()
    assert bench.provider.checkout_expire(reference).status == ProviderStatus.EXPIRED
    assert bench.provider.payment_retrieve(reference).status == ProviderStatus.EXPIRED
    with pytest.raises(ProviderRefused):
        bench.provider.checkout_resume(reference)


@pytest.mark.needs("state")
def test_expiring_twice_says_the_same(bench):
    reference = bench.opened()
    first = bench.provider.checkout_expire(reference)
    assert bench.provider.checkout_expire(reference) == first


@pytest.mark.needs("state")
def test_a_paid_checkout_stays_paid_when_it_is_expired(bench):
    reference = bench.opened()
    bench.pay(reference)
    paid = bench.provider.payment_retrieve(reference)
    assert bench.provider.checkout_expire(reference) == paid
    assert paid.status == ProviderStatus.SUCCEEDED


@pytest.mark.parametrize("reference", ["", "nothing", "sbx_cs_none", "cs_test_none", "a" * 300])
def test_an_unknown_reference_is_said_to_be_unknown(bench, reference):
    for ask in (
        bench.provider.payment_retrieve,
        bench.provider.checkout_resume,
        bench.provider.checkout_expire,
    ):
        with pytest.raises(ReferenceUnknown):
            ask(reference)


def test_a_checkout_that_is_over_at_once_is_refused(bench):
    past = timezone.now() - timedelta(minutes=1)
    with pytest.raises(ProviderRefused):
        bench.provider.checkout_open(bench.request(expires_at=past))


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_to_pay_is_refused(bench, amount):
    with pytest.raises(ProviderRefused):
        bench.provider.checkout_open(bench.request(amount=amount))
