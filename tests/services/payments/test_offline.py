"""Offline payments: staff mark them as received or cancel them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from tests.support.factories import make_payer, make_product, make_site, make_user, reload, start
from wagtail_payments.enums import EventKind, EventSource, PaymentStatus, RefundStatus
from wagtail_payments.exceptions import CheckoutRefused, StaffRefused
from wagtail_payments.models import Delivery, Payment, Refund
from wagtail_payments.selectors.payments.payments import payment_status_path
from wagtail_payments.selectors.products.products import stock_left
from wagtail_payments.services.deliveries.outbox import delivery_send
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.offline import payment_cancel, payment_mark_received
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.services.scheduler.sweep import payments_overdue, sweep_due

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def started():
    make_site(offline_instructions="Pay to DE02 1203 0000 0000 2020 51.")
    return start(
        make_product(prices=[{"amount": 1250, "stock": 1}]), provider="offline", ui="hosted"
    )


def today():
    return timezone.localdate(timezone=timezone.get_default_timezone())


def test_payment_is_pending_with_a_reference_number(started):
    payment = reload(started.payment)
    assert (payment.provider, payment.status) == ("offline", PaymentStatus.PENDING)
    assert payment.checkout_reference.startswith("RF")
    assert payment.next_check_at is None


def test_payer_gets_instructions_by_email(started):
    (delivery_id,) = started.delivery_ids
    delivery_send(delivery_id=delivery_id)
    (message,) = mail.outbox
    assert started.payment.checkout_reference in message.subject
    for text in ("DE02 1203", "€12.50", started.payment.checkout_reference, "/payments/status/"):
        assert text in message.body
    assert message.to == ["zoe@example.org"]


def test_pending_payment_is_not_polled_and_does_not_expire(started):
    past = timezone.now() - timedelta(days=40)
    Payment.objects.update(expires_at=past, created_at=past)
    assert payments_overdue() == []
    assert sweep_due().payment_ids == []
    applied = payment_apply(payment_id=started.payment.pk, source=EventSource.VISITOR)
    assert applied.payment.status == PaymentStatus.PENDING


def test_repeated_order_is_refused_with_the_status_url(started):
    payment = reload(started.payment)
    order = {"attempt_key": payment.attempt_key, "provider": "offline", "ui": "hosted"}
    Payment.objects.update(expires_at=timezone.now() - timedelta(days=1))
    before = Payment.objects.values().get(), Delivery.objects.count(), payment.events.count()
    with pytest.raises(CheckoutRefused) as refused:
        start(payment.product, payer=make_payer(email="another@example.org"), **order)
    assert refused.value.code == "attempt_finished"
    assert refused.value.extra == {"status_url": payment_status_path(payment)}
    after = Payment.objects.values().get(), Delivery.objects.count(), payment.events.count()
    assert after == before


def test_received(started):
    actor, day = make_user(), today() - timedelta(days=3)
    applied = payment_mark_received(
        payment_id=started.payment.pk,
        received_on=day,
        method="bank_transfer",
        note="Statement 11",
        actor=actor,
    )
    payment = reload(started.payment)
    assert (payment.status, payment.captured_amount) == (PaymentStatus.SUCCEEDED, 1250)
    assert payment.method_type == "bank_transfer"
    assert timezone.localdate(payment.paid_at, timezone.get_default_timezone()) == day
    assert payment.receipt
    assert len(applied.delivery_ids) == 2
    line = payment.events.get(kind=EventKind.RECEIVED)
    assert (line.actor, line.data) == (
        actor,
        {"note": "Statement 11", "received_on": day.isoformat(), "method": "bank_transfer"},
    )


def test_future_date_is_refused(started):
    with pytest.raises(StaffRefused) as refused:
        payment_mark_received(
            payment_id=started.payment.pk,
            received_on=today() + timedelta(days=1),
            method="bank_transfer",
            actor=None,
        )
    assert refused.value.field == "received_on"
    assert reload(started.payment).status == PaymentStatus.PENDING


def test_received_twice_is_refused(started):
    payment_mark_received(
        payment_id=started.payment.pk, received_on=today(), method="bank_transfer", actor=None
    )
    before = started.payment.events.count(), Delivery.objects.count()
    with pytest.raises(StaffRefused):
        payment_mark_received(
            payment_id=started.payment.pk, received_on=today(), method="bank_transfer", actor=None
        )
    with pytest.raises(StaffRefused):
        payment_cancel(payment_id=started.payment.pk, actor=None)
    assert (started.payment.events.count(), Delivery.objects.count()) == before
    assert reload(started.payment).status == PaymentStatus.SUCCEEDED


def test_staff_cannot_close_payments_of_other_providers():
    payment = start(make_product()).payment
    with pytest.raises(StaffRefused):
        payment_mark_received(
            payment_id=payment.pk, received_on=today(), method="bank_transfer", actor=None
        )
    with pytest.raises(StaffRefused):
        payment_cancel(payment_id=payment.pk, actor=None)
    assert reload(payment).status == PaymentStatus.PENDING
    assert not payment.events.filter(source=EventSource.STAFF).exists()


def test_canceling_releases_stock_and_allows_a_late_payment(started):
    price = started.payment.product.prices.get()
    assert stock_left(price, started.payment.mode) == 0
    payment_cancel(payment_id=started.payment.pk, note="Never came", actor=None)
    assert reload(started.payment).status == PaymentStatus.CANCELED
    assert stock_left(price, started.payment.mode) == 1
    assert Delivery.objects.filter(key__endswith=":payment_failed").count() == 1
    payment_mark_received(
        payment_id=started.payment.pk, received_on=today(), method="bank_transfer", actor=None
    )
    assert reload(started.payment).status == PaymentStatus.SUCCEEDED


def test_refund_is_only_recorded(started):
    payment_mark_received(
        payment_id=started.payment.pk, received_on=today(), method="bank_transfer", actor=None
    )
    refund = refund_create(
        payment_id=started.payment.pk,
        key=uuid4(),
        amount=500,
        reason="duplicate",
        actor=None,
    )
    assert refund_send(refund_id=refund.pk).refund.status == RefundStatus.SUCCEEDED
    assert reload(started.payment).refunded_amount == 500
    assert started.payment.refunds.count() == 1


def test_block_with_a_removed_provider_is_not_for_sale():
    product = make_product()
    with pytest.raises(CheckoutRefused) as refused:
        start(product, provider="gone")
    assert refused.value.code == "not_for_sale"
    assert not Payment.objects.exists()


def test_inline_checkout_is_refused():
    with pytest.raises(CheckoutRefused) as refused:
        start(make_product(), provider="offline", ui="inline")
    assert refused.value.field == "ui"
    assert not Payment.objects.exists()


def test_interrupted_refund_is_still_recorded(started):
    payment_mark_received(
        payment_id=started.payment.pk, received_on=today(), method="bank_transfer", actor=None
    )
    refund = refund_create(
        payment_id=started.payment.pk, key=uuid4(), amount=500, reason="duplicate", actor=None
    )
    Refund.objects.update(tried_at=timezone.now() - timedelta(days=2))
    assert refund_send(refund_id=refund.pk).refund.status == RefundStatus.SUCCEEDED


def test_date_long_before_the_order_is_refused(started):
    with pytest.raises(StaffRefused) as refused:
        payment_mark_received(
            payment_id=started.payment.pk,
            received_on=today() - timedelta(days=400),
            method="bank_transfer",
            actor=None,
        )
    assert refused.value.field == "received_on"
    assert reload(started.payment).status == PaymentStatus.PENDING
