"""Replay stored events, apply all events of a payment at once, and remove old payloads."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.support.company import (
    DECLINED,
    paid_event,
    pay,
    pay_by_bank,
    receive,
    receive_all,
    session_of,
    settle,
)
from tests.support.factories import make_product, reload, start
from wagtail_payments.enums import PaymentStatus, WebhookState
from wagtail_payments.models import Delivery, Payment, PaymentEvent, WebhookEvent
from wagtail_payments.services.webhooks.inbox import webhook_process
from wagtail_payments.services.webhooks.replay import (
    webhook_payloads_expire,
    webhooks_failed,
    webhooks_redact,
    webhooks_replay,
)

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def event():
    return paid_event()


def replay(*events):
    return webhooks_replay(WebhookEvent.objects.filter(pk__in=[event.pk for event in events]))


def test_one_apply_processes_all_events_of_a_payment():
    payment = start(make_product()).payment
    pay(payment, DECLINED)
    settle(pay_by_bank(payment))
    other = start(make_product()).payment
    pay(other)
    (first, *rest) = receive_all(payment)
    (unrelated,) = receive_all(other)
    assert len(rest) == 2
    webhook_process(event_id=first.pk)
    for event in rest:
        event.refresh_from_db()
        assert (event.state, event.payment) == (WebhookState.PROCESSED, payment)
        assert (event.attempts, event.leased_until) == (0, None)
        assert event.lag is not None
    unrelated.refresh_from_db()
    assert unrelated.state == WebhookState.PENDING


def test_leased_event_is_not_processed_with_the_others():
    payment = start(make_product()).payment
    settle(pay_by_bank(payment))
    first, leased = receive_all(payment)
    until = timezone.now() + timedelta(minutes=1)
    WebhookEvent.objects.filter(pk=leased.pk).update(leased_until=until)
    webhook_process(event_id=first.pk)
    leased.refresh_from_db()
    assert (leased.state, leased.leased_until) == (WebhookState.PENDING, until)


def test_event_records_a_missing_checkout(event):
    """The process was stopped before it committed the checkout, and the payer paid."""
    reference = Payment.objects.get().checkout_reference
    Payment.objects.update(checkout_reference=None, payment_reference=None, status="created")
    webhook_process(event_id=event.pk)
    payment = Payment.objects.get()
    assert (payment.status, payment.checkout_reference) == (PaymentStatus.SUCCEEDED, reference)


def test_event_without_a_checkout_waits_until_it_is_known(event):
    reference = Payment.objects.get().checkout_reference
    metadata = {"app": "wagtail-payments", "payment": str(Payment.objects.get().public_id)}
    Payment.objects.update(checkout_reference=None, payment_reference=None, status="created")
    WebhookEvent.objects.update(
        checkout_reference=None, payment_reference="pi_not_yet_known", metadata=metadata
    )
    assert webhook_process(event_id=event.pk).retry_at
    event.refresh_from_db()
    assert (event.state, Payment.objects.get().status) == (
        WebhookState.PENDING,
        PaymentStatus.CREATED,
    )
    Payment.objects.update(checkout_reference=reference, status="pending")
    replay(event)
    webhook_process(event_id=event.pk)
    assert Payment.objects.get().status == PaymentStatus.SUCCEEDED


@pytest.mark.parametrize("state", WebhookState.values)
def test_replayed_event_changes_nothing(event, state):
    webhook_process(event_id=event.pk)
    WebhookEvent.objects.update(state=state, attempts=12)
    lines, queued = PaymentEvent.objects.count(), Delivery.objects.count()
    before = Payment.objects.values().get()
    assert replay(event) == [event.pk]
    event.refresh_from_db()
    assert (event.state, event.attempts) == (WebhookState.PENDING, 0)
    webhook_process(event_id=event.pk)
    event.refresh_from_db()
    assert event.state == WebhookState.PROCESSED
    assert Payment.objects.values().get() == before
    assert (PaymentEvent.objects.count(), Delivery.objects.count()) == (lines, queued)


def test_leased_event_is_not_replayed(event):
    until = timezone.now() + timedelta(minutes=1)
    WebhookEvent.objects.update(leased_until=until, attempts=3)
    assert replay(event) == []
    event.refresh_from_db()
    assert (event.attempts, event.leased_until) == (3, until)


def test_failed_events_include_pending_events_with_an_error():
    events = []
    for _ in range(5):
        payment = start(make_product()).payment
        pay(payment)
        events += receive_all(payment)
    states = [
        ("failed", "x"),
        ("pending", "x"),
        ("pending", ""),
        ("processed", ""),
        ("ignored", ""),
    ]
    for event, (state, error) in zip(events, states, strict=True):
        WebhookEvent.objects.filter(pk=event.pk).update(state=state, last_error=error)
    assert set(webhooks_failed()) == set(events[:2])


def test_event_can_be_processed_without_its_payload(event):
    assert webhooks_redact([event.pk]) == 1
    event.refresh_from_db()
    assert (event.text, bytes(event.body)) == ("", b"")
    webhook_process(event_id=event.pk)
    assert Payment.objects.get().status == PaymentStatus.SUCCEEDED


def test_old_payloads_are_removed_after_processing(event, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "WEBHOOK_PAYLOAD_DAYS": 10}
    old = timezone.now() - timedelta(days=11)
    WebhookEvent.objects.update(received_at=old)
    assert webhook_payloads_expire() == 0
    webhook_process(event_id=event.pk)
    assert webhook_payloads_expire() == 1
    assert webhook_payloads_expire() == 0
    event.refresh_from_db()
    assert (event.text, event.state) == ("", WebhookState.PROCESSED)


def test_recent_payload_is_kept(event):
    webhook_process(event_id=event.pk)
    assert webhook_payloads_expire() == 0
    event.refresh_from_db()
    assert event.event_id in event.text


def test_duplicate_event_is_ignored_after_its_payload_was_removed(event):
    webhooks_redact([event.pk])
    (sent,) = session_of(reload(Payment.objects.get())).events.all()
    assert receive(sent) is None
    assert WebhookEvent.objects.count() == 1


def test_event_of_the_other_mode_is_not_replayed(event):
    WebhookEvent.objects.update(mode="live", state="ignored")
    assert replay(event) == []
    event.refresh_from_db()
    assert (event.state, event.attempts) == (WebhookState.IGNORED, 0)


def test_replay_keeps_the_lag_of_the_first_time(event):
    webhook_process(event_id=event.pk)
    event.refresh_from_db()
    first = event.lag
    replay(event)
    webhook_process(event_id=event.pk)
    event.refresh_from_db()
    assert event.lag == first


def test_old_error_is_removed_with_its_payload(event):
    long_ago = timezone.now() - timedelta(days=91)
    WebhookEvent.objects.update(state="failed", received_at=long_ago, last_error="zoe@example.org")
    assert webhook_payloads_expire() == 1
    event.refresh_from_db()
    assert (event.text, event.last_error) == ("", "")


def test_error_stored_after_its_payload_is_removed_too(event):
    webhooks_redact([event.pk])
    long_ago = timezone.now() - timedelta(days=400)
    fields = {"state": "failed", "last_error": "quotes zoe@example.org", "received_at": long_ago}
    WebhookEvent.objects.update(**fields)
    assert webhook_payloads_expire() == 1
    event.refresh_from_db()
    assert event.last_error == ""
    assert webhook_payloads_expire() == 0
