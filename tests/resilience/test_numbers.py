"""Numbers stay without gaps, whoever takes them at the same time, and whatever is undone."""

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
UNDONE = (2, 5)


class Undone(Exception):
    """The rest of the transaction fails."""


def refund(payment_id, number):
    """Book a refund, as the answer to one is; every now and then the transaction is undone."""
    snapshot = RefundSnapshot(
        reference=f"re_{number}", status=RefundStatus.SUCCEEDED, amount=300, currency="EUR"
    )
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        news = refunds_sync(payment=payment, snapshots=[snapshot], source=EventSource.PROVIDER)
        payment.save()
        refund_effects_create(payment, news, EventSource.PROVIDER)
        if number in UNDONE:
            raise Undone


def until_done(work, *args):
    try:
        for _ in range(50):
            with suppress(OperationalError):
                work(*args)
                return
    except Undone:
        pass
    finally:
        connection.close()


def together(work, arguments):
    threads = [Thread(target=until_done, args=(work, *each)) for each in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def test_refunds_at_the_same_time_take_one_number_each():
    make_site()
    product = make_product()
    payments = [start(product).payment for _ in range(PAYMENTS)]
    for payment in payments:
        pay(payment)
        payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    together(refund, [(payment.pk, number) for number, payment in enumerate(payments)])
    numbers = sorted(CreditNote.objects.values_list("number", flat=True))
    assert numbers == list(range(1, PAYMENTS - len(UNDONE) + 1))
    assert ReceiptSeries.objects.get(kind=SeriesKind.CREDIT_NOTE).next_number == len(numbers) + 1


def test_two_sites_of_one_seller_share_the_numbers():
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


def test_test_mode_and_live_mode_have_numbers_of_their_own():
    taken = []
    for mode in (Mode.TEST, Mode.LIVE, Mode.TEST):
        with transaction.atomic():
            (number,) = numbers_take(name="ST", mode=mode, kind=SeriesKind.RECEIPT)
            taken.append(number.fields["code"])
    year = timezone.localtime().year
    assert taken == [f"TEST-ST-{year}-00001", f"ST-{year}-00001", f"TEST-ST-{year}-00002"]


def test_money_that_came_and_went_before_we_heard_of_it_gets_both():
    """The receipt's series is locked first, then the notes': so nobody waits in a circle."""
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
