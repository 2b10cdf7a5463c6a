"""A provider's books: everything that began since a moment, each once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_payments.providers.exceptions import ProviderUnavailable
from wagtail_payments.providers.types import PayoutStatus, ProviderStatus

from .test_refunds import wish

pytestmark = [pytest.mark.needs("lists"), pytest.mark.db]

METADATA = {"app": "tests", "payment": "42"}


def since(**before):
    return timezone.now() - timedelta(**before or {"hours": 1})


def payments(bench, moment=None):
    listed = list(bench.provider.payments_list(moment or since()))
    by_reference = {entry.checkout_reference: entry for entry in listed}
    assert len(by_reference) == len(listed)
    return by_reference


def test_payments_are_listed_as_they_are_told_one_by_one(bench):
    paid, left = bench.opened(), bench.opened()
    bench.pay(paid)
    listed = payments(bench)
    assert set(listed) == {paid, left}
    for reference, entry in listed.items():
        told = bench.provider.payment_retrieve(reference)
        assert entry.snapshot == told
        assert entry.payment_reference == told.payment_reference
        assert METADATA.items() <= entry.metadata.items()
    assert listed[paid].snapshot.status == ProviderStatus.SUCCEEDED
    assert listed[left].snapshot.status == ProviderStatus.OPEN


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr("wagtail_payments.providers.stripe.history.lists.PAGE", 3)


def test_more_than_a_page_is_listed_whole(bench, short_pages):
    references = {bench.opened() for _ in range(7)}
    assert set(payments(bench)) == references


def test_what_is_older_is_left_out(bench):
    bench.opened()
    assert payments(bench, timezone.now() + timedelta(hours=1)) == {}


@pytest.mark.needs("refund")
def test_refunds_name_their_payment(bench):
    paid, other = bench.opened(), bench.opened()
    bench.pay(paid)
    bench.pay(other)
    bench.provider.refund_create(wish(bench, paid))
    bench.provider.refund_create(wish(bench, other, idempotency_key="refund-8:1"))
    listed = {
        entry.payment_reference: entry.snapshot for entry in bench.provider.refunds_list(since())
    }
    told = [bench.provider.payment_retrieve(reference) for reference in (paid, other)]
    assert listed == {each.payment_reference: each.refunds[0] for each in told}


@pytest.mark.needs("dispute")
def test_disputes_name_their_payment(bench):
    paid = bench.opened()
    bench.pay(paid)
    bench.dispute_open(paid)
    (entry,) = bench.provider.disputes_list(since())
    told = bench.provider.payment_retrieve(paid)
    assert (entry.payment_reference, entry.snapshot) == (told.payment_reference, told.disputes[0])


@pytest.mark.needs("payout")
def test_payouts_say_when_they_left_and_arrive(bench, short_pages):
    references = [bench.pay_out(amount) for amount in (1000, -250, 1, 2, 3)]
    bench.fail_payout(references[2])
    listed = {payout.reference: payout for payout in bench.provider.payouts_list(since())}
    assert set(listed) == set(references)
    first = listed[references[0]]
    assert (first.amount, first.currency, first.status) == (1000, "EUR", PayoutStatus.PAID)
    assert since() < first.created_at <= timezone.now() + timedelta(seconds=2)
    assert first.arrives_on > first.created_at.date()
    assert listed[references[1]].amount == -250
    assert listed[references[2]].status == PayoutStatus.FAILED
    assert list(bench.provider.payouts_list(timezone.now() + timedelta(hours=1))) == []


def test_no_payouts_is_an_answer_too(bench):
    assert list(bench.provider.payouts_list(since())) == []


def test_missed_events_can_be_taken_up(bench):
    bench.lose_events()
    paid = bench.opened()
    bench.pay(paid)
    missed = list(bench.provider.events_missed(since()))
    assert missed
    assert {event.notice.checkout_reference for event in missed} <= {paid, None}
    assert all(event.notice.relevant and not event.notice.live and event.body for event in missed)
    assert len({event.notice.event_id for event in missed}) == len(missed)


def test_a_list_that_breaks_off_says_so(short_pages):
    """Half a list must never pass for a whole one."""
    from .stripe import StripeBench

    bench = StripeBench()
    try:
        for _ in range(5):
            bench.opened()
        walk = iter(bench.provider.payments_list(since()))
        for _ in range(3):
            next(walk)
        bench.fake.fault("error_500", "/v1/checkout/sessions", times=9)
        with pytest.raises(ProviderUnavailable):
            next(walk)
    finally:
        bench.close()
