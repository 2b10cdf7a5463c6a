"""Offline payments: references with check digits, and no API to query."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.offline import OfflineHarness
from wagtail_payments.providers.exceptions import (
    ProviderMisconfigured,
    ProviderRefused,
    ReferenceUnknown,
    SignatureInvalid,
)
from wagtail_payments.providers.offline import OfflineProvider
from wagtail_payments.providers.types import CheckoutUI, RefundRequest, RefundStatus

harness = OfflineHarness()


def iso_11649_valid(reference):
    """Check the digits: the first four characters go to the end, and A counts as 10."""
    assert re.fullmatch(r"RF[0-9]{2}[0-9A-Z]{1,21}", reference)
    remainder = 0
    for letter in reference[4:] + reference[:4]:
        value = int(letter, 36)
        remainder = (remainder * (10 if value < 10 else 100) + value) % 97
    return remainder == 1


def refund_request(**changes):
    defaults = {
        "idempotency_key": "refund:1",
        "payment_reference": harness.open_checkout(),
        "amount": 500,
        "currency": "EUR",
        "reason": "requested_by_customer",
        "metadata": {"refund": "7"},
    }
    return RefundRequest(**{**defaults, **changes})


def test_published_example_is_valid():
    assert iso_11649_valid("RF18539007547034")


@given(key=st.text(min_size=1))
def test_every_reference_has_the_check_digits_of_iso_11649(key):
    reference = harness.open_checkout(idempotency_key=key)
    assert iso_11649_valid(reference)
    assert len(reference) == 16
    assert not set(reference[4:]) & set("01ILO")


@given(key=st.text(min_size=1), seed=st.randoms(use_true_random=False))
def test_mistyped_reference_is_unknown(key, seed: random.Random):
    reference = harness.open_checkout(idempotency_key=key)
    position = seed.randrange(4, len(reference))
    # Swap a digit for a digit or a letter for a letter: a letter counts as two digits, so the check
    # digits don't detect every swap of one for the other.
    kinds = ("23456789", "BCDFGHJKMNPQRSTVWXYZ")
    letters = set(next(kind for kind in kinds if reference[position] in kind)) - {
        reference[position]
    }
    mistyped = reference[:position] + seed.choice(sorted(letters)) + reference[position + 1 :]
    with pytest.raises(ReferenceUnknown):
        harness.provider.checkout_resume(mistyped)


def test_references_are_unique():
    references = {harness.open_checkout(idempotency_key=str(number)) for number in range(5000)}
    assert len(references) == 5000


def test_checkout_url_is_the_status_page():
    session = harness.provider.checkout_open(
        harness.request(return_url="http://testserver/status/")
    )
    assert session.url == "http://testserver/status/"
    assert session.payment_reference == session.reference
    resumed = harness.provider.checkout_resume(session.reference)
    assert resumed.reference == resumed.payment_reference == session.reference
    assert resumed.url is None


@pytest.mark.parametrize(
    "reference",
    ["", "RF18539007547034", "RF", "RF00222222222222", "rf18222222222222", "RF18 2222 2222 2222"],
)
def test_foreign_reference_is_unknown(reference):
    for call in (
        harness.provider.checkout_resume,
        harness.provider.checkout_expire,
        harness.provider.payment_retrieve,
    ):
        with pytest.raises(ReferenceUnknown):
            call(reference)
    with pytest.raises(ReferenceUnknown):
        harness.provider.refund_create(refund_request(payment_reference=reference))


def test_provider_cannot_be_queried():
    reference = harness.open_checkout()
    for call in (harness.provider.payment_retrieve, harness.provider.checkout_expire):
        with pytest.raises(ProviderRefused, match="staff") as refused:
            call(reference)
        assert not isinstance(refused.value, ReferenceUnknown)


def test_the_same_key_refunds_once():
    request = refund_request()
    refund = harness.provider.refund_create(request)
    assert refund.status == RefundStatus.SUCCEEDED
    assert (refund.amount, refund.currency) == (500, "EUR")
    assert (refund.reason, refund.metadata) == (request.reason, request.metadata)
    assert harness.provider.refund_create(request) == refund
    other = harness.provider.refund_create(refund_request(idempotency_key="refund:2"))
    assert other.reference != refund.reference


@pytest.mark.parametrize("amount", [0, -1])
def test_zero_or_negative_refund_is_refused(amount):
    with pytest.raises(ProviderRefused):
        harness.provider.refund_create(refund_request(amount=amount))


@pytest.mark.parametrize("currency", ["", "eur", "XXX"])
def test_unknown_currency_is_refused(currency):
    with pytest.raises(ProviderRefused):
        harness.provider.checkout_open(harness.request(currency=currency))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"id": "evt_1"}'])
def test_no_webhooks(body):
    with pytest.raises(SignatureInvalid):
        harness.provider.webhook_verify(body, {}, harness.request().started_at)


def test_provider_attributes():
    assert OfflineProvider(alias="bank").live
    assert not OfflineProvider(alias="bank", live=False).live
    assert OfflineProvider.offline
    assert OfflineProvider.uis == {CheckoutUI.HOSTED}
    assert harness.provider.frontend() is None
    assert harness.provider.dashboard_url(harness.open_checkout()) is None


def test_live_must_be_a_boolean():
    with pytest.raises(ProviderMisconfigured, match="live"):
        OfflineProvider(alias="bank", live="false")


def test_doctor_explains_what_staff_have_to_do():
    (finding,) = harness.provider.examine("http://testserver/payments/webhooks/offline/")
    assert "Staff" in finding.message
    assert harness.provider.alias in finding.message
