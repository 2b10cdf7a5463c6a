"""Receipt numbers have no gaps, despite concurrency and rollbacks."""

from contextlib import suppress
from threading import Thread

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from wagtail.models import Site

from tests.support.company import pay, session_of
from tests.support.factories import make_product, make_site, reload, start
from wagtail_payments.enums import EventSource, Mode, SeriesKind
from wagtail_payments.models import CreditNote, Payment, PaymentSettings, Receipt, ReceiptSeries
from wagtail_payments.providers.types import RefundRequest, RefundSnapshot, RefundStatus
from wagtail_payments.sandbox.services.refunds import refund_make
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.apply_refunds import refunds_sync
from wagtail_payments.services.payments.effects import refund_effects_create
from wagtail_payments.services.receipts.numbering import numbers_take

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

PAYMENTS = 8
ROLLED_BACK = (2, 5)


class RolledBack(Exception):
    """The transaction fails after taking a number."""


def refund(payment_id, number):
    """Apply a refund; some transactions are rolled back."""
    snapshot = RefundSnapshot(
        reference=f"re_{number}", status=RefundStatus.SUCCEEDED, amount=300, currency="EUR"
    )
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        changed = refunds_sync(payment=payment, snapshots=[snapshot], source=EventSource.PROVIDER)
        payment.save()
        refund_effects_create(payment, changed, EventSource.PROVIDER)
        if number in ROLLED_BACK:
            raise RolledBack


def retry(work, *args):
    try:
        for _ in range(50):
            with suppress(OperationalError):
                work(*args)
                return
    except RolledBack:
        pass
    finally:
        connection.close()


def run_concurrently(work, arguments):
    threads = [Thread(target=retry, args=(work, *each)) for each in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def test_concurrent_refunds_take_one_number_each():
    make_site()
    product = make_product()
    payments = [start(product).payment for _ in range(PAYMENTS)]
    for payment in payments:
        pay(payment)
        payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    run_concurrently(refund, [(payment.pk, number) for number, payment in enumerate(payments)])
    assert CreditNote.objects.count() == PAYMENTS - len(ROLLED_BACK)
    # On New Year's Eve there may be two.
    for series in ReceiptSeries.objects.filter(kind=SeriesKind.CREDIT_NOTE):
        numbers = CreditNote.objects.filter(series=series).values_list("number", flat=True)
        assert sorted(numbers) == list(range(1, series.next_number))


def test_two_sites_of_one_seller_share_a_series():
    site = make_site()
    other = Site.objects.create(hostname="other.example.org", root_page=site.root_page)
    PaymentSettings.objects.create(site=other, receipt_series="ST", seller_name="The same")
    for number in range(4):
        payment = start(make_product()).payment
        if number % 2:
            Payment.objects.filter(pk=payment.pk).update(site=other)
        pay(payment)
        payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    assert list(Receipt.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert ReceiptSeries.objects.count() == 1
    assert {each.data["seller"]["name"] for each in Receipt.objects.all()} == {
        "Sternwarte Łódź",
        "The same",
    }


def test_test_and_live_mode_have_separate_numbers():
    taken = []
    for mode in (Mode.TEST, Mode.LIVE, Mode.TEST):
        with transaction.atomic():
            (number,) = numbers_take(name="ST", mode=mode, kind=SeriesKind.RECEIPT)
            taken.append(number.fields["code"])
    year = timezone.localtime().year
    assert taken == [f"TEST-ST-{year}-00001", f"ST-{year}-00001", f"TEST-ST-{year}-00002"]


def test_payment_refunded_before_the_first_event_gets_both_documents():
    """The receipt series is locked before the credit note series, which avoids deadlocks."""
    make_site()
    payment = start(make_product()).payment
    pay(payment)
    request = RefundRequest(
        idempotency_key="there",
        payment_reference=session_of(payment).payment_reference,
        amount=300,
        currency="EUR",
        reason="duplicate",
        metadata={},
    )
    refund_make(provider="sandbox", request=request)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    payment = reload(payment)
    assert payment.receipt.number == 1
    assert payment.credit_notes.get().data["receipt"] == payment.receipt.code
