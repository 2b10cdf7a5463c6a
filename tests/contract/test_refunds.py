"""Refunds, fees and disputes, with every provider that supports them."""

from dataclasses import replace

import pytest

from wagtail_payments.providers.exceptions import ProviderRefused, ReferenceUnknown
from wagtail_payments.providers.types import DisputeStatus, RefundRequest, RefundStatus

METADATA = {"app": "tests", "payment": "42", "refund": "7"}


@pytest.fixture
def paid(harness):
    reference = harness.open_checkout(amount=1250)
    harness.pay(reference)
    return reference


def refund_request(harness, reference, **changes):
    snapshot = harness.provider.payment_retrieve(reference)
    defaults = {
        "idempotency_key": "refund-7:1",
        "payment_reference": snapshot.payment_reference,
        "amount": 500,
        "currency": "EUR",
        "reason": "requested_by_customer",
        "metadata": METADATA,
    }
    return RefundRequest(**{**defaults, **changes})


def refunds(harness, reference):
    return harness.provider.payment_retrieve(reference).refunds


@pytest.mark.needs("refund")
def test_partial_refund(harness, paid):
    refund = harness.provider.refund_create(refund_request(harness, paid))
    assert refund.reference
    assert refund.status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING)
    assert (refund.amount, refund.currency) == (500, "EUR")
    assert refund.metadata == METADATA
    assert refunds(harness, paid) == (refund,)


@pytest.mark.needs("refund")
def test_several_refunds_are_listed_oldest_first(harness, paid):
    first = harness.provider.refund_create(refund_request(harness, paid))
    second = harness.provider.refund_create(
        refund_request(harness, paid, idempotency_key="refund-8:1", amount=750)
    )
    assert refunds(harness, paid) == (first, second)


@pytest.mark.needs("refund")
def test_the_same_key_refunds_once(harness, paid):
    request = refund_request(harness, paid)
    first = harness.provider.refund_create(request)
    assert harness.provider.refund_create(request).reference == first.reference
    assert len(refunds(harness, paid)) == 1


@pytest.mark.needs("refund")
def test_the_same_key_with_another_amount_is_refused(harness, paid):
    request = refund_request(harness, paid)
    first = harness.provider.refund_create(request)
    with pytest.raises(ProviderRefused):
        harness.provider.refund_create(replace(request, amount=600))
    assert refunds(harness, paid) == (first,)


@pytest.mark.needs("refund")
@pytest.mark.parametrize("amount", [1251, 0, -1])
def test_invalid_amount_is_refused(harness, paid, amount):
    with pytest.raises(ProviderRefused):
        harness.provider.refund_create(refund_request(harness, paid, amount=amount))
    assert refunds(harness, paid) == ()


@pytest.mark.needs("refund")
def test_fully_refunded_payment_cannot_be_refunded_again(harness, paid):
    refund = harness.provider.refund_create(refund_request(harness, paid, amount=1250))
    with pytest.raises(ProviderRefused):
        harness.provider.refund_create(
            refund_request(harness, paid, idempotency_key="another", amount=1)
        )
    assert refunds(harness, paid) == (refund,)


@pytest.mark.needs("refund")
@pytest.mark.parametrize("reference", ["", "nothing", "pi_none"])
def test_unknown_payment(harness, paid, reference):
    with pytest.raises(ReferenceUnknown):
        harness.provider.refund_create(refund_request(harness, paid, payment_reference=reference))
    assert refunds(harness, paid) == ()


@pytest.mark.needs("dispute")
@pytest.mark.parametrize("won", [True, False])
def test_dispute_from_opening_to_closing(harness, paid, won):
    harness.dispute_open(paid)
    (dispute,) = harness.provider.payment_retrieve(paid).disputes
    assert dispute.status == DisputeStatus.NEEDS_RESPONSE
    assert (dispute.amount, dispute.currency) == (1250, "EUR")
    assert dispute.due_by is not None
    harness.dispute_close(paid, won=won)
    (closed,) = harness.provider.payment_retrieve(paid).disputes
    end = DisputeStatus.WON if won else DisputeStatus.LOST
    assert closed == replace(dispute, status=end)


@pytest.mark.needs("fee")
def test_payment_has_a_fee(harness, paid):
    snapshot = harness.provider.payment_retrieve(paid)
    assert 0 < snapshot.fee < snapshot.amount
    assert snapshot.fee_currency in ("", "EUR")
