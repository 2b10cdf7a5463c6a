"""Giving money back, fees and disputes, on every provider that can."""

from dataclasses import replace

import pytest

from wagtail_payments.providers.exceptions import ProviderRefused, ReferenceUnknown
from wagtail_payments.providers.types import DisputeStatus, RefundRequest, RefundStatus

pytestmark = pytest.mark.db

OURS = {"app": "tests", "payment": "42", "refund": "7"}


@pytest.fixture
def paid(bench):
    reference = bench.opened(amount=1250)
    bench.pay(reference)
    return reference


def wish(bench, reference, **changes):
    snapshot = bench.provider.payment_retrieve(reference)
    facts = {
        "idempotency_key": "refund-7:1",
        "payment_reference": snapshot.payment_reference,
        "amount": 500,
        "currency": "EUR",
        "reason": "requested_by_customer",
        "metadata": OURS,
    }
    return RefundRequest(**{**facts, **changes})


def refunds(bench, reference):
    return bench.provider.payment_retrieve(reference).refunds


@pytest.mark.needs("refund")
def test_a_part_is_refunded(bench, paid):
    refund = bench.provider.refund_create(wish(bench, paid))
    assert refund.reference
    assert refund.status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING)
    assert (refund.amount, refund.currency) == (500, "EUR")
    assert refund.metadata == OURS
    assert refunds(bench, paid) == (refund,)


@pytest.mark.needs("refund")
def test_several_refunds_are_listed_oldest_first(bench, paid):
    first = bench.provider.refund_create(wish(bench, paid))
    second = bench.provider.refund_create(
        wish(bench, paid, idempotency_key="refund-8:1", amount=750)
    )
    assert refunds(bench, paid) == (first, second)


@pytest.mark.needs("refund")
def test_the_same_key_refunds_once(bench, paid):
    request = wish(bench, paid)
    first = bench.provider.refund_create(request)
    assert bench.provider.refund_create(request).reference == first.reference
    assert len(refunds(bench, paid)) == 1


@pytest.mark.needs("refund")
def test_the_same_key_with_another_amount_is_refused(bench, paid):
    request = wish(bench, paid)
    first = bench.provider.refund_create(request)
    with pytest.raises(ProviderRefused):
        bench.provider.refund_create(replace(request, amount=600))
    assert refunds(bench, paid) == (first,)


@pytest.mark.needs("refund")
@pytest.mark.parametrize("amount", [1251, 0, -1])
def test_what_was_never_paid_is_not_refunded(bench, paid, amount):
    with pytest.raises(ProviderRefused):
        bench.provider.refund_create(wish(bench, paid, amount=amount))
    assert refunds(bench, paid) == ()


@pytest.mark.needs("refund")
def test_nothing_is_refunded_twice(bench, paid):
    refund = bench.provider.refund_create(wish(bench, paid, amount=1250))
    with pytest.raises(ProviderRefused):
        bench.provider.refund_create(wish(bench, paid, idempotency_key="another", amount=1))
    assert refunds(bench, paid) == (refund,)


@pytest.mark.needs("refund")
@pytest.mark.parametrize("reference", ["", "nothing", "pi_none"])
def test_an_unknown_payment_is_said_to_be_unknown(bench, paid, reference):
    with pytest.raises(ReferenceUnknown):
        bench.provider.refund_create(wish(bench, paid, payment_reference=reference))
    assert refunds(bench, paid) == ()


@pytest.mark.needs("dispute")
@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_is_seen_from_beginning_to_end(bench, paid, won):
    bench.dispute_open(paid)
    (dispute,) = bench.provider.payment_retrieve(paid).disputes
    assert dispute.status == DisputeStatus.NEEDS_RESPONSE
    assert (dispute.amount, dispute.currency) == (1250, "EUR")
    assert dispute.due_by is not None
    bench.dispute_close(paid, won=won)
    (closed,) = bench.provider.payment_retrieve(paid).disputes
    end = DisputeStatus.WON if won else DisputeStatus.LOST
    assert closed == replace(dispute, status=end)


@pytest.mark.needs("fee")
def test_the_fee_comes_with_the_payment(bench, paid):
    snapshot = bench.provider.payment_retrieve(paid)
    assert 0 < snapshot.fee < snapshot.amount
    assert snapshot.fee_currency in ("", "EUR")
