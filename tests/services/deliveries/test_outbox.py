"""The outbox: deliveries are sent, recorded, retried and marked as failed, once per occurrence."""

from datetime import timedelta

import django
import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from tests.support.company import pay
from tests.support.factories import make_payer, make_product, make_site, start
from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import DeliveryKind, DeliveryState, EventKind, EventSource
from wagtail_payments.models import Delivery
from wagtail_payments.services.deliveries.outbox import (
    deliveries_add,
    deliveries_due,
    delivery_send,
)
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.signals import payment_succeeded

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def payment():
    make_site()
    payer = make_payer(name="Zoë Ωμέγα", language="de")
    payment = start(make_product(), payer=payer).payment
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def send(kind):
    return delivery_send(delivery_id=Delivery.objects.get(kind=kind).pk)


def test_receipt_is_emailed_with_its_pdf(payment):
    assert send(DeliveryKind.RECEIPT_EMAIL) is None
    (message,) = mail.outbox
    assert message.to == ["zoe@example.org"]
    assert message.reply_to == ["help@example.org"]
    assert payment.receipt.code in message.subject
    assert message.subject.startswith("[TEST]")
    assert "12,50\xa0€" in message.body
    assert "Zoë Ωμέγα" in message.body
    assert "&#" not in message.body
    name, content, kind = message.attachments[0]
    assert (name, kind) == (f"receipt-{payment.receipt.code}.pdf", "application/pdf")
    assert content.startswith(b"%PDF-")


def test_receipt_is_emailed_once(payment):
    for _ in range(3):
        send(DeliveryKind.RECEIPT_EMAIL)
    assert len(mail.outbox) == 1
    assert Delivery.objects.get(kind=DeliveryKind.RECEIPT_EMAIL).state == DeliveryState.SENT
    assert payment.events.filter(kind=EventKind.DELIVERY_SENT).count() == 1


def test_message_id_is_the_same_when_sent_again(payment):
    send(DeliveryKind.RECEIPT_EMAIL)
    Delivery.objects.update(state=DeliveryState.PENDING)
    send(DeliveryKind.RECEIPT_EMAIL)
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second


def test_signal_is_sent(payment):
    received = []

    def receiver(sender, payment, **kwargs):
        received.append((sender.__name__, payment.pk))

    payment_succeeded.connect(receiver)
    try:
        send(DeliveryKind.SIGNAL)
    finally:
        payment_succeeded.disconnect(receiver)
    assert received == [("Payment", payment.pk)]


def test_failing_receiver_is_retried_until_the_delivery_fails(payment):
    calls = []

    def receiver(sender, **kwargs):
        calls.append(sender)
        raise ValueError("the site's own bug")

    payment_succeeded.connect(receiver)
    try:
        assert send(DeliveryKind.SIGNAL) > timezone.now()
        row = Delivery.objects.get(kind=DeliveryKind.SIGNAL)
        assert row.state == DeliveryState.PENDING
        assert "the site's own bug" in row.last_error
        assert row.pk not in deliveries_due()
        last = payments_conf().DELIVERY_MAXIMUM_ATTEMPTS - 1
        Delivery.objects.update(next_attempt_at=timezone.now(), attempts=last)
        assert send(DeliveryKind.SIGNAL) is None
    finally:
        payment_succeeded.disconnect(receiver)
    assert len(calls) == 2
    assert Delivery.objects.get(kind=DeliveryKind.SIGNAL).state == DeliveryState.FAILED
    assert payment.events.filter(kind=EventKind.DELIVERY_FAILED).count() == 1


def test_email_is_retried_when_the_mail_server_is_down(payment):
    with override_settings(**unreachable_mail_server()):
        assert send(DeliveryKind.RECEIPT_EMAIL)
    Delivery.objects.update(next_attempt_at=timezone.now())
    assert send(DeliveryKind.RECEIPT_EMAIL) is None
    assert len(mail.outbox) == 1


def unreachable_mail_server():
    backend, port = "django.core.mail.backends.smtp.EmailBackend", 9
    if django.VERSION < (6, 1):
        return {"EMAIL_BACKEND": backend, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}
    options = {"host": "127.0.0.1", "port": port}
    return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}


def test_late_failure_does_not_change_a_sent_delivery(payment):
    """The worker's lease expired, and another worker sent the delivery."""
    row = Delivery.objects.get(kind=DeliveryKind.SIGNAL)

    def receiver(sender, **kwargs):
        payment_succeeded.disconnect(receiver)
        Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        delivery_send(delivery_id=row.pk)
        raise ValueError("too late")

    payment_succeeded.connect(receiver)
    delivery_send(delivery_id=row.pk)
    row.refresh_from_db()
    assert row.state == DeliveryState.SENT
    assert row.last_error == ""


def test_effect_is_queued_once(payment):
    before = Delivery.objects.count()
    again = deliveries_add(payment, {DeliveryKind.RECEIPT_EMAIL: "issued"})
    assert again == [payment.deliveries.get(kind=DeliveryKind.RECEIPT_EMAIL).pk]
    assert Delivery.objects.count() == before
