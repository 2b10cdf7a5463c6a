"""Refunds: never more than was paid, sent once, and the same as at the provider."""

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


def create_refund(payment, amount, **fields):
    fields = {"key": uuid4(), "reason": "requested_by_customer", "actor": None, **fields}
    return refund_create(payment_id=payment.pk, amount=amount, **fields)


def make_due(refund):
    Refund.objects.filter(pk=refund.pk).update(next_attempt_at=refund.created_at)


def test_full_refund(paid):
    actor = make_user()
    refund = create_refund(paid, 1250, actor=actor, note="Rain")
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


def test_partial_refunds_until_nothing_is_left(paid):
    for amount in (500, 500, 250):
        refund_send(refund_id=create_refund(paid, amount).pk)
    assert reload(paid).refunded_amount == 1250
    with pytest.raises(StaffRefused, match="already been fully refunded"):
        create_refund(paid, 1)
    assert Refund.objects.count() == 3


@pytest.mark.parametrize("amount", [0, -1, 1251, 10**12])
def test_invalid_amount_is_refused(paid, amount):
    lines = paid.events.count()
    with pytest.raises(StaffRefused) as error:
        create_refund(paid, amount)
    assert error.value.field == "amount"
    assert not Refund.objects.exists()
    assert (paid.events.count(), reload(paid).version) == (lines, paid.version)


def test_unsent_refund_reduces_the_refundable_amount(paid):
    create_refund(paid, 1000)
    assert refundable_amount(paid) == 250
    with pytest.raises(StaffRefused):
        create_refund(paid, 251)
    assert Refund.objects.count() == 1


def test_unpaid_payment_cannot_be_refunded():
    payment = start(make_product()).payment
    with pytest.raises(StaffRefused, match="Only a paid payment"):
        create_refund(payment, 100)
    assert not Refund.objects.exists()


def test_same_key_creates_one_refund(paid):
    key = uuid4()
    first, second = create_refund(paid, 500, key=key), create_refund(paid, 500, key=key)
    assert first == second
    refund_send(refund_id=first.pk)
    refund_send(refund_id=second.pk)
    assert SandboxRefund.objects.count() == Refund.objects.count() == 1


@pytest.mark.parametrize("fault", ["error_500", "timeout_after_success"])
def test_unknown_outcome_is_retried_and_refunded_once(paid, fault):
    fault_arm(fault)
    refund = create_refund(paid, 500)
    sent = refund_send(refund_id=refund.pk)
    assert sent.retry_at
    assert Refund.objects.get().status == RefundStatus.CREATED
    make_due(refund)
    assert refunds_due() == [refund.pk]
    assert refund_send(refund_id=refund.pk).refund.status == RefundStatus.SUCCEEDED
    assert (SandboxRefund.objects.count(), reload(paid).refunded_amount) == (1, 500)
    assert refunds_due() == []


def test_webhook_event_before_the_response_is_recorded_once(paid, settings):
    """The response was lost, and the webhook event arrived before the retry."""
    secret = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["webhook_secrets"][0]
    fault_arm("timeout_after_success")
    refund = create_refund(paid, 500)
    refund_send(refund_id=refund.pk)
    for event in receive_all(paid, secret=secret):
        webhook_process(event_id=event.pk)
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    make_due(refund)
    refund_send(refund_id=refund.pk)
    assert (Refund.objects.count(), reload(paid).refunded_amount) == (1, 500)
    assert paid.events.filter(kind=EventKind.REFUND_CHANGED).count() == 1


def test_refused_refund_has_a_reason_and_stays_refundable(paid):
    refund = create_refund(paid, 1250)
    SandboxRefund.objects.create(
        session=session_of(paid),
        reference="re_other",
        idempotency_key="other",
        amount=1,
    )
    sent = refund_send(refund_id=refund.pk)
    assert sent.refund.status == RefundStatus.FAILED
    assert "Less than that is left" in sent.refund.failure_reason
    assert reload(paid).refunded_amount == 0
    assert refundable_amount(reload(paid)) == 1250


def test_signal_is_sent_for_each_refund(paid):
    received = []

    def receiver(payment, refund, **kwargs):
        received.append((payment, refund.amount))

    payment_refunded.connect(receiver)
    try:
        for amount in (300, 200):
            for delivery_id in refund_send(refund_id=create_refund(paid, amount).pk).delivery_ids:
                delivery_send(delivery_id=delivery_id)
    finally:
        payment_refunded.disconnect(receiver)
    assert received == [(paid, 300), (paid, 200)]
    assert Delivery.objects.filter(key__contains=":payment_refunded:").count() == 2


def test_refund_that_fails_later_is_subtracted(paid):
    sync(paid, snapshot("re_1", 500, "succeeded"))
    assert paid.refunded_amount == 500
    sync(paid, snapshot("re_1", 500, "failed", failure_reason="expired_or_canceled_card"))
    assert paid.refunded_amount == 0
    assert refundable_amount(paid) == 1250
    assert Refund.objects.get().failure_reason == "expired_or_canceled_card"


def snapshot(reference, amount, status, **fields):
    return RefundSnapshot(
        reference=reference,
        amount=amount,
        currency="EUR",
        status=ProviderRefundStatus(status),
        **fields,
    )


def sync(payment, *snapshots):
    return refunds_sync(payment=payment, snapshots=snapshots, source=EventSource.PROVIDER)


STATES = st.sampled_from(["pending", "succeeded", "failed", "canceled"])


@given(st.lists(st.tuples(st.integers(0, 3), STATES), max_size=12))
def test_refunds_have_the_last_status_of_the_provider(changes):
    """Each of four refunds has its last status after any sequence of snapshots."""
    with rolled_back():
        payment = start(make_product()).payment
        payment.captured_amount = 1250
        last = {}
        for number, status in changes:
            sync(payment, snapshot(f"re_{number}", 300, status))
            last[number] = status
        refunded = sum(300 for status in last.values() if status in ("pending", "succeeded"))
        assert payment.refunded_amount == refunded
        assert {r.reference: r.status for r in payment.refunds.all()} == {
            f"re_{number}": status for number, status in last.items()
        }
        change_count = PaymentEvent.objects.filter(kind=EventKind.REFUND_CHANGED).count()
        assert change_count == sum(
            1 for i, row in enumerate(changes) if row != latest(changes[:i], row[0])
        )


def latest(changes, number):
    return next((row for row in reversed(changes) if row[0] == number), None)


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_replayed_response_does_not_overwrite_a_later_failure(paid, monkeypatch):
    """The first response was lost, and the refund failed before the second response."""
    refund = create_refund(paid, 500)
    fault_arm("timeout_after_success")
    refund_send(refund_id=refund.pk)
    make_due(refund)
    retrieve = SandboxProvider.payment_retrieve

    def retrieve_failed(provider, reference):
        payment = retrieve(provider, reference)
        (failed,) = payment.refunds
        return replace(payment, refunds=(replace(failed, status=ProviderRefundStatus.FAILED),))

    def fail_refund(sender, instance, **kwargs):
        """Let the refund fail when the second attempt has just loaded it."""
        post_init.disconnect(fail_refund, sender=Refund)
        monkeypatch.setattr(SandboxProvider, "payment_retrieve", retrieve_failed)
        payment_apply(payment_id=paid.pk, source=EventSource.PROVIDER)

    post_init.connect(fail_refund, sender=Refund)
    refund_send(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    assert reload(paid).refunded_amount == 0
    assert not paid.deliveries.filter(key__contains=":payment_refunded").exists()
