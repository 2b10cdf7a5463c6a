"""Listing payments, refunds, disputes, payouts and missed events since a given time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_payments.providers.exceptions import ProviderUnavailable
from wagtail_payments.providers.types import PayoutStatus, ProviderStatus

from .test_refunds import refund_request

pytestmark = pytest.mark.needs("lists")

METADATA = {"app": "tests", "payment": "42"}


def since(**before):
    return timezone.now() - timedelta(**before or {"hours": 1})


def payments(harness, moment=None):
    listed = list(harness.provider.payments_list(moment or since()))
    by_reference = {entry.checkout_reference: entry for entry in listed}
    assert len(by_reference) == len(listed)
    return by_reference


def test_listed_payments_match_retrieved_payments(harness):
    paid, unpaid = harness.open_checkout(), harness.open_checkout()
    harness.pay(paid)
    listed = payments(harness)
    assert set(listed) == {paid, unpaid}
    for reference, entry in listed.items():
        snapshot = harness.provider.payment_retrieve(reference)
        assert entry.snapshot == snapshot
        assert entry.payment_reference == snapshot.payment_reference
        assert METADATA.items() <= entry.metadata.items()
    assert listed[paid].snapshot.status == ProviderStatus.SUCCEEDED
    assert listed[unpaid].snapshot.status == ProviderStatus.OPEN


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr("wagtail_payments.providers.stripe.history.lists.PAGE", 3)


def test_all_pages_are_listed(harness, short_pages):
    references = {harness.open_checkout() for _ in range(7)}
    assert set(payments(harness)) == references


def test_older_payments_are_left_out(harness):
    harness.open_checkout()
    assert payments(harness, timezone.now() + timedelta(hours=1)) == {}


@pytest.mark.needs("refund")
def test_listed_refunds_have_a_payment_reference(harness):
    paid, other = harness.open_checkout(), harness.open_checkout()
    harness.pay(paid)
    harness.pay(other)
    harness.provider.refund_create(refund_request(harness, paid))
    harness.provider.refund_create(refund_request(harness, other, idempotency_key="refund-8:1"))
    listed = {
        entry.payment_reference: entry.snapshot for entry in harness.provider.refunds_list(since())
    }
    snapshots = [harness.provider.payment_retrieve(reference) for reference in (paid, other)]
    assert listed == {each.payment_reference: each.refunds[0] for each in snapshots}


@pytest.mark.needs("dispute")
def test_listed_disputes_have_a_payment_reference(harness):
    paid = harness.open_checkout()
    harness.pay(paid)
    harness.dispute_open(paid)
    (entry,) = harness.provider.disputes_list(since())
    payment = harness.provider.payment_retrieve(paid)
    assert entry.payment_reference == payment.payment_reference
    assert entry.snapshot == payment.disputes[0]


@pytest.mark.needs("payout")
def test_listed_payouts_have_dates_and_statuses(harness, short_pages):
    references = [harness.pay_out(amount) for amount in (1000, -250, 1, 2, 3)]
    harness.fail_payout(references[2])
    listed = {payout.reference: payout for payout in harness.provider.payouts_list(since())}
    assert set(listed) == set(references)
    first = listed[references[0]]
    assert (first.amount, first.currency, first.status) == (1000, "EUR", PayoutStatus.PAID)
    assert since() < first.created_at <= timezone.now() + timedelta(seconds=2)
    assert first.arrives_on > first.created_at.date()
    assert listed[references[1]].amount == -250
    assert listed[references[2]].status == PayoutStatus.FAILED
    assert list(harness.provider.payouts_list(timezone.now() + timedelta(hours=1))) == []


def test_payouts_list_can_be_empty(harness):
    assert list(harness.provider.payouts_list(since())) == []


def test_missed_events_are_listed(harness):
    harness.lose_events()
    paid = harness.open_checkout()
    harness.pay(paid)
    missed = list(harness.provider.events_missed(since()))
    assert missed
    assert {event.notice.checkout_reference for event in missed} <= {paid, None}
    assert all(event.notice.relevant and not event.notice.live and event.body for event in missed)
    assert len({event.notice.event_id for event in missed}) == len(missed)


def test_interrupted_list_raises_an_error(short_pages):
    """A partial list must not look complete."""
    from .stripe import StripeHarness

    harness = StripeHarness()
    try:
        for _ in range(5):
            harness.open_checkout()
        entries = iter(harness.provider.payments_list(since()))
        for _ in range(3):
            next(entries)
        harness.fake.fault("error_500", "/v1/checkout/sessions", times=9)
        with pytest.raises(ProviderUnavailable):
            next(entries)
    finally:
        harness.close()
