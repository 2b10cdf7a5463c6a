"""Bank transfer: a reference number that a bank can check, and nobody to ask."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.offline import OfflineBench
from wagtail_payments.providers.exceptions import (
    ProviderMisconfigured,
    ProviderRefused,
    ReferenceUnknown,
    SignatureInvalid,
)
from wagtail_payments.providers.offline import OfflineProvider
from wagtail_payments.providers.types import CheckoutUI, RefundRequest, RefundStatus

bench = OfflineBench()


def iso_11649_valid(reference):
    """As a bank checks it: the first four characters go to the end, letters count from 10."""
    assert re.fullmatch(r"RF[0-9]{2}[0-9A-Z]{1,21}", reference)
    remainder = 0
    for letter in reference[4:] + reference[:4]:
        value = int(letter, 36)
        remainder = (remainder * (10 if value < 10 else 100) + value) % 97
    return remainder == 1


def refund_request(**changes):
    facts = {
        "idempotency_key": "refund:1",
        "payment_reference": bench.opened(),
        "amount": 500,
        "currency": "EUR",
        "reason": "requested_by_customer",
        "metadata": {"refund": "7"},
    }
    return RefundRequest(**{**facts, **changes})


def test_the_bank_s_own_example_is_valid():
    assert iso_11649_valid("RF18539007547034")


@given(key=st.text(min_size=1))
def test_every_reference_has_the_check_digits_of_iso_11649(key):
    reference = bench.opened(idempotency_key=key)
    assert iso_11649_valid(reference)
    assert len(reference) == 16
    assert not set(reference[4:]) & set("01ILO")


@given(key=st.text(min_size=1), seed=st.randoms(use_true_random=False))
def test_a_mistyped_reference_is_noticed(key, seed: random.Random):
    reference = bench.opened(idempotency_key=key)
    place = seed.randrange(4, len(reference))
    # A digit for a letter moves all that follows, which the check digits notice mostly, not always.
    kinds = ("23456789", "BCDFGHJKMNPQRSTVWXYZ")
    letters = set(next(kind for kind in kinds if reference[place] in kind)) - {reference[place]}
    mistyped = reference[:place] + seed.choice(sorted(letters)) + reference[place + 1 :]
    with pytest.raises(ReferenceUnknown):
        bench.provider.checkout_resume(mistyped)


def test_many_payments_have_as_many_references():
    references = {bench.opened(idempotency_key=str(number)) for number in range(5000)}
    assert len(references) == 5000


def test_the_visitor_is_sent_to_our_own_page():
    session = bench.provider.checkout_open(bench.request(return_url="http://testserver/status/"))
    assert session.url == "http://testserver/status/"
    assert session.payment_reference == session.reference
    resumed = bench.provider.checkout_resume(session.reference)
    assert resumed.reference == resumed.payment_reference == session.reference
    assert resumed.url is None


@pytest.mark.parametrize(
    "reference",
    ["", "RF18539007547034", "RF", "RF00222222222222", "rf18222222222222", "RF18 2222 2222 2222"],
)
def test_a_reference_of_others_is_unknown(reference):
    for ask in (
        bench.provider.checkout_resume,
        bench.provider.checkout_expire,
        bench.provider.payment_retrieve,
    ):
        with pytest.raises(ReferenceUnknown):
            ask(reference)
    with pytest.raises(ReferenceUnknown):
        bench.provider.refund_create(refund_request(payment_reference=reference))


def test_nobody_can_be_asked():
    reference = bench.opened()
    for ask in (bench.provider.payment_retrieve, bench.provider.checkout_expire):
        with pytest.raises(ProviderRefused, match="staff") as refused:
            ask(reference)
        assert not isinstance(refused.value, ReferenceUnknown)


def test_a_refund_is_booked_once_for_its_key():
    request = refund_request()
    refund = bench.provider.refund_create(request)
    assert refund.status == RefundStatus.SUCCEEDED
    assert (refund.amount, refund.currency) == (500, "EUR")
    assert (refund.reason, refund.metadata) == (request.reason, request.metadata)
    assert bench.provider.refund_create(request) == refund
    other = bench.provider.refund_create(refund_request(idempotency_key="refund:2"))
    assert other.reference != refund.reference


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_to_give_back_is_refused(amount):
    with pytest.raises(ProviderRefused):
        bench.provider.refund_create(refund_request(amount=amount))


@pytest.mark.parametrize("currency", ["", "eur", "XXX"])
def test_money_of_no_currency_is_refused(currency):
    with pytest.raises(ProviderRefused):
        bench.provider.checkout_open(bench.request(currency=currency))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"id": "evt_1"}'])
def test_nobody_calls(body):
    with pytest.raises(SignatureInvalid):
        bench.provider.webhook_verify(body, {}, bench.request().started_at)


def test_what_it_is():
    assert OfflineProvider(alias="bank").live
    assert not OfflineProvider(alias="bank", live=False).live
    assert OfflineProvider.offline
    assert OfflineProvider.uis == {CheckoutUI.HOSTED}
    assert bench.provider.frontend() is None
    assert bench.provider.dashboard_url(bench.opened()) is None


def test_a_live_that_is_no_boolean_is_a_mistake():
    with pytest.raises(ProviderMisconfigured, match="live"):
        OfflineProvider(alias="bank", live="false")


def test_the_doctor_hears_what_staff_have_to_do():
    (finding,) = bench.provider.examine("http://testserver/payments/webhooks/offline/")
    assert "Staff" in finding.message
    assert bench.provider.alias in finding.message
