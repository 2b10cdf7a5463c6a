"""The inbox: events are stored once, applied once and retried."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.support.company import (
    DECLINED,
    pay,
    pay_by_bank,
    receive,
    receive_all,
    session_of,
    settle,
)
from tests.support.factories import make_product, reload, start
from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import PaymentStatus, WebhookState
from wagtail_payments.models import Delivery, Payment, WebhookEvent
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.services.webhooks.inbox import webhook_process, webhooks_due

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def secret(settings):
    return settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["webhook_secrets"][0]


def process(event):
    return webhook_process(event_id=event.pk)


def test_event_completes_the_payment(secret):
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment, secret=secret)
    assert len(process(event).delivery_ids) == 2
    event.refresh_from_db()
    assert (event.state, event.payment, event.attempts) == (WebhookState.PROCESSED, payment, 1)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_processing_twice_queues_nothing_more(secret):
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment, secret=secret)
    process(event)
    assert process(event).delivery_ids == []
    assert Delivery.objects.count() == 2


def test_events_can_be_processed_in_any_order(secret):
    payment = start(make_product()).payment
    pay(payment, DECLINED)
    attempt = pay_by_bank(payment)
    settle(attempt)
    events = receive_all(payment, secret=secret)
    assert len(events) == 3
    for event in reversed(events):
        process(event)
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert Delivery.objects.count() == 2
    assert not WebhookEvent.objects.exclude(state=WebhookState.PROCESSED).exists()


def test_same_event_is_stored_once(secret):
    payment = start(make_product()).payment
    pay(payment)
    event = session_of(payment).events.get()
    assert receive(event, secret=secret)
    assert receive(event, secret=secret) is None
    assert WebhookEvent.objects.count() == 1


def test_provider_error_is_retried(secret):
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment, secret=secret)
    fault_arm("error_500")
    assert process(event).retry_at > timezone.now()
    assert reload(payment).status == PaymentStatus.PENDING
    WebhookEvent.objects.update(next_attempt_at=timezone.now())
    process(event)
    event.refresh_from_db()
    assert (event.state, event.last_error) == (WebhookState.PROCESSED, "")


def test_event_fails_after_the_last_attempt(secret):
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment, secret=secret)
    WebhookEvent.objects.update(attempts=payments_conf().WEBHOOK_MAXIMUM_ATTEMPTS - 1)
    fault_arm("error_500")
    assert process(event).retry_at is None
    event.refresh_from_db()
    assert event.state == WebhookState.FAILED
    assert event.last_error


def test_leased_event_is_processed_after_the_lease_expires(secret):
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment, secret=secret)
    WebhookEvent.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert webhooks_due() == []
    process(event)
    assert reload(payment).status == PaymentStatus.PENDING
    WebhookEvent.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert webhooks_due() == [event.pk]
    process(event)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_number_of_queries(secret):
    """Count queries for an event that completes a payment and for one that changes nothing."""
    for _ in range(2):
        # The first event also creates the receipt series.
        payment = start(make_product()).payment
        pay(payment)
        (event,) = receive_all(payment, secret=secret)
        first = count_queries(event)
    WebhookEvent.objects.update(state=WebhookState.PENDING)
    assert (first, count_queries(event)) == (18, 6)


# The sandbox stands for an external provider, so its queries do not count.
NOT_COUNTED = r"wagtail_payments_sandbox|^(BEGIN|COMMIT|SAVEPOINT|RELEASE SAVEPOINT)\b"


def count_queries(event):
    with CaptureQueriesContext(connection) as queries:
        process(event)
    statements = [query["sql"] for query in queries]
    return sum(not re.search(NOT_COUNTED, statement) for statement in statements)


def test_event_of_another_checkout_stays_pending(secret):
    """Two workers process events of different checkouts for a payment without a checkout."""
    payment = start(make_product()).payment
    pay(payment)
    Payment.objects.update(checkout_reference=None, payment_reference=None, status="created")
    (event,) = receive_all(payment, secret=secret)

    def record_other_checkout(sender, instance, **kwargs):
        """Record the other checkout when this worker has just loaded the payment."""
        post_init.disconnect(record_other_checkout, sender=Payment)
        Payment.objects.update(checkout_reference="cs_other", status="pending")

    post_init.connect(record_other_checkout, sender=Payment)
    process(event)
    event.refresh_from_db()
    assert (event.state, event.payment) == (WebhookState.PENDING, None)
    assert "another checkout" in event.last_error
    assert reload(payment).status == PaymentStatus.PENDING
