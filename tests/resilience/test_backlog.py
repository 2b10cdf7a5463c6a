"""Delivering and replaying a month of events again changes nothing."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.resilience import sizes
from tests.support.company import DECLINED, expire, pay, pay_by_bank, receive, receive_all, settle
from tests.support.factories import make_product, make_site, start
from wagtail_payments.enums import WebhookState
from wagtail_payments.models import (
    Delivery,
    Payment,
    PaymentEvent,
    Receipt,
    ReceiptSeries,
    Refund,
    WebhookEvent,
)
from wagtail_payments.sandbox.models import Event
from wagtail_payments.services.deliveries.outbox import deliveries_due, delivery_send
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.services.webhooks.inbox import webhook_process, webhooks_due
from wagtail_payments.services.webhooks.replay import webhooks_replay

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

MODELS = (Payment, PaymentEvent, Refund, Receipt, ReceiptSeries, Delivery)


def run_payment(product, number):
    """Run a payment to one of five outcomes."""
    payment = start(product).payment
    case = number % 5
    if case == 0:
        pay(payment, DECLINED)
        pay(payment)
    elif case == 1:
        settle(pay_by_bank(payment))
    elif case == 2:
        settle(pay_by_bank(payment, arrives=False))
    elif case == 3:
        expire(payment)
    else:
        pay(payment)
        process([event.pk for event in receive_all(payment)])
        refund = refund_create(
            payment_id=payment.pk, key=uuid4(), amount=500, reason="duplicate", actor=None
        )
        refund_send(refund_id=refund.pk)


def deliver():
    """Deliver all events in random order, and process them."""
    events = list(Event.objects.all())
    random.shuffle(events)
    for event in events:
        receive(event)
    process(webhooks_due(limit=100_000))


def process(event_ids):
    random.shuffle(event_ids)
    for event_id in event_ids:
        webhook_process(event_id=event_id)
    for delivery_id in deliveries_due(limit=100_000):
        delivery_send(delivery_id=delivery_id)


def rows():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.mark.slow
def test_a_month_of_events_replayed_twice_changes_nothing(mailoutbox):
    make_site(staff_email="desk@example.org")
    product = make_product()
    for number in range(sizes.BACKLOG):
        run_payment(product, number)
    deliver()
    WebhookEvent.objects.update(received_at=timezone.now() - timedelta(days=30))
    before, emails, stored = rows(), len(mailoutbox), WebhookEvent.objects.count()
    assert stored >= sizes.BACKLOG
    assert not WebhookEvent.objects.exclude(state=WebhookState.PROCESSED).exists()
    for _ in range(2):
        deliver()
        replayed = webhooks_replay(WebhookEvent.objects.all())
        assert len(replayed) == stored
        process(replayed)
        assert not WebhookEvent.objects.exclude(state=WebhookState.PROCESSED).exists()
        assert rows() == before
        assert (len(mailoutbox), WebhookEvent.objects.count()) == (emails, stored)
