"""Resend deliveries, and email staff."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests.support.company import pay
from tests.support.factories import make_product, make_site, make_user, reload, start
from wagtail_payments.enums import DeliveryState, EventKind, EventSource
from wagtail_payments.models import Delivery, Payment
from wagtail_payments.services.deliveries.outbox import delivery_resend, delivery_send
from wagtail_payments.services.leases import lease_acquire, lease_release, lease_renew
from wagtail_payments.services.payments.apply import payment_apply

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def payment():
    make_site(staff_email="desk@example.org")
    payment = start(make_product()).payment
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    for delivery in payment.deliveries.all():
        delivery_send(delivery_id=delivery.pk)
    return reload(payment)


def receipt_emails():
    return [message for message in mail.outbox if message.to == ["zoe@example.org"]]


def resend(delivery, actor=None):
    return delivery_resend(delivery_id=delivery.pk, actor=actor)


def test_resent_receipt_keeps_its_row_and_number(payment):
    delivery = payment.deliveries.get(kind="receipt_email")
    (first,) = receipt_emails()
    actor = make_user("tess")
    assert resend(delivery, actor)
    delivery_send(delivery_id=delivery.pk)
    _, second = receipt_emails()
    assert second.subject == first.subject
    assert second.attachments[0].filename == first.attachments[0].filename
    assert second.extra_headers["Message-ID"] != first.extra_headers["Message-ID"]
    assert payment.deliveries.filter(kind="receipt_email").count() == 1
    line = payment.events.get(kind=EventKind.DELIVERY_RESENT)
    assert (line.actor, line.source) == (actor, EventSource.STAFF)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.resends) == (DeliveryState.SENT, 1)


def test_retried_email_keeps_its_message_id(payment):
    """A process was killed after sending and before recording it."""
    delivery = payment.deliveries.get(kind="receipt_email")
    Delivery.objects.filter(pk=delivery.pk).update(state="pending", sent_at=None)
    delivery_send(delivery_id=delivery.pk)
    first, second = receipt_emails()
    assert second.extra_headers["Message-ID"] == first.extra_headers["Message-ID"]


def test_resending_a_failed_delivery_resets_its_attempts(payment):
    delivery = payment.deliveries.get(kind="receipt_email")
    later = timezone.now() + timedelta(hours=5)
    Delivery.objects.filter(pk=delivery.pk).update(
        state="failed", attempts=12, next_attempt_at=later
    )
    assert resend(delivery)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
    assert delivery.next_attempt_at <= timezone.now()


def test_leased_delivery_is_not_resent(payment):
    delivery = payment.deliveries.get(kind="receipt_email")
    until = timezone.now() + timedelta(minutes=1)
    Delivery.objects.filter(pk=delivery.pk).update(state="pending", leased_until=until, attempts=2)
    assert not resend(delivery)
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.resends, delivery.leased_until) == (2, 0, until)
    assert not payment.events.filter(kind=EventKind.DELIVERY_RESENT).exists()


def test_staff_email_contains_no_payer_data(payment):
    (message,) = [message for message in mail.outbox if message.to == ["desk@example.org"]]
    assert message.subject == "[TEST] Paid: €12.50 for Star night"
    assert f"http://testserver/admin/payments/payments/{payment.pk}/" in message.body
    for secret in ("zoe", "Zoë", str(payment.public_id)):
        assert secret not in message.body + message.subject


def test_staff_email_shows_the_review_reason(payment):
    delivery = payment.deliveries.get(kind="staff_email")
    Payment.objects.update(review_reason="amount_mismatch")
    resend(delivery)
    delivery_send(delivery_id=delivery.pk)
    message = mail.outbox[-1]
    assert message.subject.startswith("[TEST] To review: €12.50")
    assert "The provider's amount differs from ours" in message.body


def test_no_staff_email_without_an_address():
    make_site(staff_email="")
    payment = start(make_product()).payment
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    assert not payment.deliveries.filter(kind="staff_email").exists()


def test_expired_lease_cannot_release_the_next_one(payment):
    """Resending resets the number of attempts, so it cannot identify the lease."""
    delivery = payment.deliveries.get(kind="receipt_email")
    Delivery.objects.filter(pk=delivery.pk).update(state="pending")
    first = lease_acquire(Delivery.objects.all(), delivery.pk)
    Delivery.objects.filter(pk=delivery.pk).update(leased_until=timezone.now())
    assert resend(delivery)
    second = lease_acquire(Delivery.objects.all(), delivery.pk)
    assert not lease_release(first, last_error="late")
    assert not lease_renew(first, seconds=60)
    assert lease_renew(second, seconds=60)
    assert lease_release(second, state="sent")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == (DeliveryState.SENT, "")
