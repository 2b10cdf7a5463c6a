"""Refunds: never more than was paid, given back once, the same as the provider's."""

from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models.signals import post_init
from hypothesis import given
from hypothesis import strategies as st

from tests.support.company import pay, receive_all, session_of
from tests.support.factories import make_product, make_user, reload, start
from wagtail_payments.enums import EventKind, EventSource, RefundStatus
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Delivery, PaymentEvent, Refund
from wagtail_payments.providers.types import RefundSnapshot
from wagtail_payments.providers.types import RefundStatus as ProviderRefundStatus
from wagtail_payments.sandbox.models import Refund as SandboxRefund
from wagtail_payments.sandbox.provider import SandboxProvider
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.services.deliveries.outbox import delivery_send
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.apply_refunds import refundable_amount, refunds_sync
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send, refunds_due
from wagtail_payments.services.webhooks.inbox import webhook_process
from wagtail_payments.signals import payment_refunded

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def paid():
    payment = start(make_product()).payment
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def ask(payment, amount, **facts):
    facts = {"key": uuid4(), "reason": "requested_by_customer", "actor": None, **facts}
    return refund_create(payment_id=payment.pk, amount=amount, **facts)


def again_now(refund):
    Refund.objects.filter(pk=refund.pk).update(next_attempt_at=refund.created_at)


def test_a_full_refund(paid):
    actor = make_user()
    refund = ask(paid, 1250, actor=actor, note="Rain")
    assert (refund.status, reload(paid).refunded_amount) == (RefundStatus.CREATED, 0)
    sent = refund_send(refund_id=refund.pk)
    assert sent.refund.status == RefundStatus.SUCCEEDED
    assert sent.refund.reference == SandboxRefund.objects.get().reference
    assert reload(paid).refunded_amount == 1250
    kinds = [event.kind for event in paid.events.all()][-3:]
    assert kinds == [
        EventKind.REFUND_REQUESTED,
        EventKind.REFUND_CHANGED,
        EventKind.CREDIT_NOTE_ISSUED,
    ]
    line = paid.events.get(kind=EventKind.REFUND_REQUESTED)
    assert (line.actor, line.data["note"]) == (actor, "Rain")


def test_several_parts_until_nothing_is_left(paid):
    for amount in (500, 500, 250):
        refund_send(refund_id=ask(paid, amount).pk)
    assert reload(paid).refunded_amount == 1250
    with pytest.raises(StaffRefused, match="already been fully refunded"):
        ask(paid, 1)
    assert Refund.objects.count() == 3


@pytest.mark.parametrize("amount", [0, -1, 1251, 10**12])
def test_what_is_not_left_is_refused(paid, amount):
    lines = paid.events.count()
    with pytest.raises(StaffRefused) as refused:
        ask(paid, amount)
    assert refused.value.field == "amount"
    assert not Refund.objects.exists()
    assert (paid.events.count(), reload(paid).version) == (lines, paid.version)


def test_what_is_being_sent_counts_as_gone(paid):
    ask(paid, 1000)
    assert refundable_amount(paid) == 250
    with pytest.raises(StaffRefused):
        ask(paid, 251)
    assert Refund.objects.count() == 1


def test_an_unpaid_payment_is_not_refunded():
    payment = start(make_product()).payment
    with pytest.raises(StaffRefused, match="Only a paid payment"):
        ask(payment, 100)
    assert not Refund.objects.exists()


def test_the_same_form_twice_is_one_refund(paid):
    key = uuid4()
    first, second = ask(paid, 500, key=key), ask(paid, 500, key=key)
    assert first == second
    refund_send(refund_id=first.pk)
    refund_send(refund_id=second.pk)
    assert SandboxRefund.objects.count() == Refund.objects.count() == 1


@pytest.mark.parametrize("fault", ["error_500", "timeout_after_success"])
def test_an_unknown_outcome_is_tried_again_and_refunds_once(paid, fault):
    fault_arm(fault)
    refund = ask(paid, 500)
    sent = refund_send(refund_id=refund.pk)
    assert sent.retry_at
    assert Refund.objects.get().status == RefundStatus.CREATED
    again_now(refund)
    assert refunds_due() == [refund.pk]
    assert refund_send(refund_id=refund.pk).refund.status == RefundStatus.SUCCEEDED
    assert (SandboxRefund.objects.count(), reload(paid).refunded_amount) == (1, 500)
    assert refunds_due() == []


def test_our_own_refund_told_by_webhook_first_is_booked_once(paid, settings):
    """The answer got lost, and the event was faster than the retry."""
    secret = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["webhook_secrets"][0]
    fault_arm("timeout_after_success")
    refund = ask(paid, 500)
    refund_send(refund_id=refund.pk)
    for event in receive_all(paid, secret=secret):
        webhook_process(event_id=event.pk)
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    again_now(refund)
    refund_send(refund_id=refund.pk)
    assert (Refund.objects.count(), reload(paid).refunded_amount) == (1, 500)
    assert paid.events.filter(kind=EventKind.REFUND_CHANGED).count() == 1


def test_a_refusal_is_kept_in_words_and_the_money_is_left(paid):
    session_refund = ask(paid, 1250)
    SandboxRefund.objects.create(
        session=session_of(paid),
        reference="re_other",
        idempotency_key="other",
        amount=1,
    )
    sent = refund_send(refund_id=session_refund.pk)
    assert sent.refund.status == RefundStatus.FAILED
    assert "Less than that is left" in sent.refund.failure_reason
    assert reload(paid).refunded_amount == 0
    assert refundable_amount(reload(paid)) == 1250


def test_the_site_is_told_of_each_refund(paid):
    heard = []

    def hear(payment, refund, **kwargs):
        heard.append((payment, refund.amount))

    payment_refunded.connect(hear)
    try:
        for amount in (300, 200):
            for delivery_id in refund_send(refund_id=ask(paid, amount).pk).delivery_ids:
                delivery_send(delivery_id=delivery_id)
    finally:
        payment_refunded.disconnect(hear)
    assert heard == [(paid, 300), (paid, 200)]
    assert Delivery.objects.filter(key__contains=":payment_refunded:").count() == 2


def test_a_refund_that_fails_days_later_gives_the_money_back_to_us(paid):
    book(paid, snapshot("re_1", 500, "succeeded"))
    assert paid.refunded_amount == 500
    book(paid, snapshot("re_1", 500, "failed", failure_reason="expired_or_canceled_card"))
    assert paid.refunded_amount == 0
    assert refundable_amount(paid) == 1250
    assert Refund.objects.get().failure_reason == "expired_or_canceled_card"


def snapshot(reference, amount, status, **facts):
    return RefundSnapshot(
        reference=reference,
        amount=amount,
        currency="EUR",
        status=ProviderRefundStatus(status),
        **facts,
    )


def book(payment, *snapshots):
    return refunds_sync(payment=payment, snapshots=snapshots, source=EventSource.PROVIDER)


STATES = st.sampled_from(["pending", "succeeded", "failed", "canceled"])


@given(st.lists(st.tuples(st.integers(0, 3), STATES), max_size=12))
def test_whatever_the_provider_tells_is_what_we_have(told):
    """Snapshots of four refunds in any order, and again: the last word of each holds."""
    with undone():
        payment = start(make_product()).payment
        payment.captured_amount = 1250
        last = {}
        for number, status in told:
            book(payment, snapshot(f"re_{number}", 300, status))
            last[number] = status
        given_back = sum(300 for status in last.values() if status in ("pending", "succeeded"))
        assert payment.refunded_amount == given_back
        assert {r.reference: r.status for r in payment.refunds.all()} == {
            f"re_{number}": status for number, status in last.items()
        }
        changes = PaymentEvent.objects.filter(kind=EventKind.REFUND_CHANGED).count()
        assert changes == sum(1 for i, each in enumerate(told) if each != latest(told[:i], each[0]))


def latest(told, number):
    return next((each for each in reversed(told) if each[0] == number), None)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_replayed_answer_does_not_overwrite_what_came_after_it(paid, monkeypatch):
    """The first try's answer was lost; the money came back before the second try was answered."""
    refund = ask(paid, 500)
    fault_arm("timeout_after_success")
    refund_send(refund_id=refund.pk)
    again_now(refund)
    retrieve = SandboxProvider.payment_retrieve

    def came_back(provider, reference):
        told = retrieve(provider, reference)
        (given,) = told.refunds
        return replace(told, refunds=(replace(given, status=ProviderRefundStatus.FAILED),))

    def comes_back(sender, instance, **kwargs):
        """Let the bank return the money when the second try has just taken the refund."""
        post_init.disconnect(comes_back, sender=Refund)
        monkeypatch.setattr(SandboxProvider, "payment_retrieve", came_back)
        payment_apply(payment_id=paid.pk, source=EventSource.PROVIDER)

    post_init.connect(comes_back, sender=Refund)
    refund_send(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    assert reload(paid).refunded_amount == 0
    assert not paid.deliveries.filter(key__contains=":payment_refunded").exists()
