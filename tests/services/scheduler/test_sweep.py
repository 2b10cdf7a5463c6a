"""The sweep: whatever waits is handed out again, and no provider is asked without end."""

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


def overdue(payment):
    past = timezone.now() - timedelta(seconds=1)
    Payment.objects.filter(pk=payment.pk).update(expires_at=past, next_check_at=past)


def test_nothing_is_due_at_first():
    start(make_product())
    due = sweep_due()
    assert (due.webhook_ids, due.delivery_ids, due.payment_ids) == ([], [], [])


def test_a_payment_whose_webhook_got_lost_is_asked_about():
    payment = start(make_product()).payment
    pay(payment)
    overdue(payment)
    assert payments_overdue() == [payment.pk]
    assert len(payment_refresh(payment_id=payment.pk)) == 2
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert payment.events.filter(source=EventSource.SWEEP).exists()
    assert payments_overdue() == []


def test_a_checkout_that_is_over_ends_the_payment():
    payment = start(make_product()).payment
    expire(payment)
    overdue(payment)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.EXPIRED


def test_a_payment_still_on_its_way_is_left_alone_for_an_hour():
    payment = start(make_product()).payment
    pay_by_bank(payment)
    overdue(payment)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.PROCESSING
    assert payments_overdue() == []
    assert reload(payment).next_check_at > timezone.now() + timedelta(minutes=59)


def test_two_sweeps_ask_once():
    payment = start(make_product()).payment
    pay(payment)
    overdue(payment)
    assert payment_refresh(payment_id=payment.pk)
    assert payment_refresh(payment_id=payment.pk) == []
    assert Delivery.objects.count() == 2


def test_a_provider_that_fails_is_asked_by_a_later_sweep():
    payment = start(make_product()).payment
    pay(payment)
    overdue(payment)
    fault_arm("error_500")
    assert payment_refresh(payment_id=payment.pk) == []
    assert reload(payment).status == PaymentStatus.PENDING
    overdue(payment)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_a_payment_that_never_got_a_checkout_gives_its_stock_back():
    product = make_product(prices=[{"amount": 1250, "stock": 1}])
    fault_arm("error_500")
    with pytest.raises(CheckoutRefused):
        start(product)
    payment = Payment.objects.get()
    assert stock_left(product.prices.get(), "test") == 0
    overdue(payment)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.EXPIRED
    assert stock_left(product.prices.get(), "test") == 1


def test_a_try_whose_time_is_over_says_so():
    """And not that the provider refuses, for then the browser would try the same key for ever."""
    product, key = make_product(prices=[{"amount": 1250, "stock": 1}]), str(uuid4())
    fault_arm("error_500")
    with pytest.raises(CheckoutRefused):
        start(product, attempt_key=key)
    overdue(Payment.objects.get())
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key)
    assert error.value.code == "attempt_finished"
    assert start(product).payment.status == PaymentStatus.PENDING


def test_many_slow_payments_starve_nobody():
    for _ in range(5):
        payment = start(make_product()).payment
        pay_by_bank(payment)
        overdue(payment)
    abandoned = start(make_product()).payment
    expire(abandoned)
    overdue(abandoned)
    for _ in range(2):
        for payment_id in payments_overdue(limit=5):
            payment_refresh(payment_id=payment_id)
    assert reload(abandoned).status == PaymentStatus.EXPIRED


def test_the_tasks_hand_out_what_is_due(settings, monkeypatch):
    """Run in this process, each task as soon as it is enqueued."""
    monkeypatch.setattr(tasks.process_webhook.huey, "immediate", True)
    waiting = start(make_product()).payment
    pay(waiting)
    secret = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["webhook_secrets"][0]
    receive_all(waiting, secret=secret)
    lost = start(make_product()).payment
    pay(lost)
    overdue(lost)
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


def test_a_long_queue_is_not_made_longer(settings, monkeypatch, queue):
    """What waits is in it already; when it is short again, or was emptied, the sweep hands out."""
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


def test_a_queue_that_was_emptied_is_filled_at_once(queue):
    """Else a sweep a minute would be slower than the consumers are."""
    rows = [
        WebhookEvent(provider="sandbox", mode="test", event_id=f"evt_{number}", body=b"")
        for number in range(1200)
    ]
    WebhookEvent.objects.bulk_create(rows)
    tasks.sweep.call_local()
    assert tasks.queue_length() == len(rows)


@pytest.mark.parametrize(("waiting", "then"), [(1, 2), (2, 2)])
@pytest.mark.usefixtures("queue")
def test_payments_are_asked_about_though_the_queue_is_long(monkeypatch, waiting, then):
    """They may be in no queue yet, and hold their stock; but there is an end to that."""
    monkeypatch.setattr(tasks, "_LONG_QUEUE", 1)
    payment = start(make_product()).payment
    expire(payment)
    overdue(payment)
    for _ in range(waiting):
        tasks.process_webhook(0)
    tasks.sweep.call_local()
    assert tasks.queue_length() == then
