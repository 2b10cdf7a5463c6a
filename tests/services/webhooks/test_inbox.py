"""The inbox: stored once, applied once, never given up too early."""

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


def test_an_event_makes_a_payment_paid(secret):
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment, secret=secret)
    assert len(process(event).delivery_ids) == 2
    event.refresh_from_db()
    assert (event.state, event.payment, event.attempts) == (WebhookState.PROCESSED, payment, 1)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_processing_twice_owes_nothing_more(secret):
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment, secret=secret)
    process(event)
    assert process(event).delivery_ids == []
    assert Delivery.objects.count() == 2


def test_order_does_not_matter(secret):
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


def test_the_same_event_is_stored_once(secret):
    payment = start(make_product()).payment
    pay(payment)
    event = session_of(payment).events.get()
    assert receive(event, secret=secret)
    assert receive(event, secret=secret) is None
    assert WebhookEvent.objects.count() == 1


def test_a_provider_that_fails_is_asked_again(secret):
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


def test_it_is_given_up_in_the_end_and_kept(secret):
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment, secret=secret)
    WebhookEvent.objects.update(attempts=payments_conf().WEBHOOK_MAXIMUM_ATTEMPTS - 1)
    fault_arm("error_500")
    assert process(event).retry_at is None
    event.refresh_from_db()
    assert event.state == WebhookState.FAILED
    assert event.last_error


def test_a_lease_keeps_others_away_until_it_runs_out(secret):
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


def test_queries_of_an_event(secret):
    """One that makes a payment paid, and one that brings no news; what the sandbox reads is its own."""
    for _ in range(2):
        # The second one finds the series of the receipts in place.
        payment = start(make_product()).payment
        pay(payment)
        (event,) = receive_all(payment, secret=secret)
        first = queries_of(event)
    WebhookEvent.objects.update(state=WebhookState.PENDING)
    assert (first, queries_of(event)) == (18, 6)


NOT_COUNTED = r"wagtail_payments_sandbox|^(BEGIN|COMMIT|SAVEPOINT|RELEASE SAVEPOINT)\b"


def queries_of(event):
    with CaptureQueriesContext(connection) as queries:
        process(event)
    statements = [query["sql"] for query in queries]
    return sum(not re.search(NOT_COUNTED, statement) for statement in statements)


def test_an_event_about_another_checkout_than_somebody_just_noted_waits(secret):
    """Two workers find the same payment without a checkout, each with another one's event."""
    payment = start(make_product()).payment
    pay(payment)
    Payment.objects.update(checkout_reference=None, payment_reference=None, status="created")
    (event,) = receive_all(payment, secret=secret)

    def faster(sender, instance, **kwargs):
        """Note the other checkout when this worker has just read the payment."""
        post_init.disconnect(faster, sender=Payment)
        Payment.objects.update(checkout_reference="cs_other", status="pending")

    post_init.connect(faster, sender=Payment)
    process(event)
    event.refresh_from_db()
    assert (event.state, event.payment) == (WebhookState.PENDING, None)
    assert "another checkout" in event.last_error
    assert reload(payment).status == PaymentStatus.PENDING
