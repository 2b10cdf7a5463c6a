"""The sweep: waiting rows are queued again, and providers are not polled without limit."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.support.company import expire, pay, pay_by_bank, receive_all
from tests.support.factories import make_product, reload, start
from wagtail_payments import tasks
from wagtail_payments.enums import EventSource, PaymentStatus
from wagtail_payments.exceptions import CheckoutRefused
from wagtail_payments.models import Delivery, Payment, WebhookEvent
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.selectors.products.products import stock_left
from wagtail_payments.services.scheduler.sweep import payment_refresh, payments_overdue, sweep_due

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def make_overdue(payment):
    past = timezone.now() - timedelta(seconds=1)
    Payment.objects.filter(pk=payment.pk).update(expires_at=past, next_check_at=past)


def test_new_payment_is_not_due():
    start(make_product())
    due = sweep_due()
    assert (due.webhook_ids, due.delivery_ids, due.payment_ids) == ([], [], [])


def test_payment_with_a_lost_webhook_is_refreshed():
    payment = start(make_product()).payment
    pay(payment)
    make_overdue(payment)
    assert payments_overdue() == [payment.pk]
    assert len(payment_refresh(payment_id=payment.pk)) == 2
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert payment.events.filter(source=EventSource.SWEEP).exists()
    assert payments_overdue() == []


def test_expired_checkout_expires_the_payment():
    payment = start(make_product()).payment
    expire(payment)
    make_overdue(payment)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.EXPIRED


def test_processing_payment_is_checked_again_after_an_hour():
    payment = start(make_product()).payment
    pay_by_bank(payment)
    make_overdue(payment)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.PROCESSING
    assert payments_overdue() == []
    assert reload(payment).next_check_at > timezone.now() + timedelta(minutes=59)


def test_two_sweeps_refresh_once():
    payment = start(make_product()).payment
    pay(payment)
    make_overdue(payment)
    assert payment_refresh(payment_id=payment.pk)
    assert payment_refresh(payment_id=payment.pk) == []
    assert Delivery.objects.count() == 2


def test_provider_error_is_retried_by_a_later_sweep():
    payment = start(make_product()).payment
    pay(payment)
    make_overdue(payment)
    fault_arm("error_500")
    assert payment_refresh(payment_id=payment.pk) == []
    assert reload(payment).status == PaymentStatus.PENDING
    make_overdue(payment)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_payment_without_a_checkout_releases_its_stock():
    product = make_product(prices=[{"amount": 1250, "stock": 1}])
    fault_arm("error_500")
    with pytest.raises(CheckoutRefused):
        start(product)
    payment = Payment.objects.get()
    assert stock_left(product.prices.get(), "test") == 0
    make_overdue(payment)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.EXPIRED
    assert stock_left(product.prices.get(), "test") == 1


def test_expired_attempt_is_reported_as_finished():
    """After a provider error, the browser would retry the same key forever."""
    product, key = make_product(prices=[{"amount": 1250, "stock": 1}]), str(uuid4())
    fault_arm("error_500")
    with pytest.raises(CheckoutRefused):
        start(product, attempt_key=key)
    make_overdue(Payment.objects.get())
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key)
    assert error.value.code == "attempt_finished"
    assert start(product).payment.status == PaymentStatus.PENDING


def test_slow_payments_do_not_block_others():
    for _ in range(5):
        payment = start(make_product()).payment
        pay_by_bank(payment)
        make_overdue(payment)
    expired = start(make_product()).payment
    expire(expired)
    make_overdue(expired)
    for _ in range(2):
        for payment_id in payments_overdue(limit=5):
            payment_refresh(payment_id=payment_id)
    assert reload(expired).status == PaymentStatus.EXPIRED


def test_sweep_task_processes_due_rows(settings, monkeypatch):
    """Tasks run in this process, as soon as they are enqueued."""
    monkeypatch.setattr(tasks.process_webhook.huey, "immediate", True)
    waiting = start(make_product()).payment
    pay(waiting)
    secret = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["webhook_secrets"][0]
    receive_all(waiting, secret=secret)
    lost = start(make_product()).payment
    pay(lost)
    make_overdue(lost)
    tasks.sweep.call_local()
    assert {reload(waiting).status, reload(lost).status} == {PaymentStatus.SUCCEEDED}
    assert WebhookEvent.objects.get().state == "processed"
    tasks.sweep.call_local()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


@pytest.fixture
def queue():
    """The queue, empty before and after."""
    queue = tasks.process_webhook.huey
    queue.flush()
    yield queue
    queue.flush()


def test_long_queue_does_not_grow(settings, monkeypatch, queue):
    """Waiting rows are queued already; the sweep queues them again once the queue is short."""
    monkeypatch.setattr(tasks, "_LONG_QUEUE", 3)
    paid = start(make_product()).payment
    pay(paid)
    secret = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["webhook_secrets"][0]
    receive_all(paid, secret=secret)
    for _ in range(3):
        tasks.process_webhook(0)
    tasks.sweep.call_local()
    assert tasks.queue_length() == 3
    queue.flush()
    tasks.sweep.call_local()
    assert tasks.queue_length() == 1


def test_empty_queue_is_filled_by_one_sweep(queue):
    """Otherwise one sweep per minute would be slower than the consumers."""
    rows = [
        WebhookEvent(provider="sandbox", mode="test", event_id=f"evt_{number}", body=b"")
        for number in range(1200)
    ]
    WebhookEvent.objects.bulk_create(rows)
    tasks.sweep.call_local()
    assert tasks.queue_length() == len(rows)


@pytest.mark.parametrize(("waiting", "length"), [(1, 2), (2, 2)])
@pytest.mark.usefixtures("queue")
def test_payments_are_refreshed_when_the_queue_is_long(monkeypatch, waiting, length):
    """Payments may not be queued yet and reserve stock, so their limit is twice as high."""
    monkeypatch.setattr(tasks, "_LONG_QUEUE", 1)
    payment = start(make_product()).payment
    expire(payment)
    make_overdue(payment)
    for _ in range(waiting):
        tasks.process_webhook(0)
    tasks.sweep.call_local()
    assert tasks.queue_length() == length
