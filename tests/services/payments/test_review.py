"""Payments that staff must review, and what happens after the review."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import Q
from django.utils import timezone

from tests.services.receipts.test_credit_notes import sync_refunds
from tests.support.company import pay, session_of
from tests.support.factories import make_product, make_site, make_user, reload, start
from wagtail_payments.enums import (
    DeliveryKind,
    DiscrepancyKind,
    EventKind,
    EventSource,
    RefundStatus,
    ReviewReason,
)
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import (
    CreditNote,
    DailyRevenue,
    Delivery,
    Discrepancy,
    Payment,
    PaymentsLogEntry,
    Receipt,
    ReceiptSeries,
    Refund,
)
from wagtail_payments.sandbox.models import Session
from wagtail_payments.selectors.health.health import payments_to_review
from wagtail_payments.selectors.payments.actions import payment_actions
from wagtail_payments.selectors.payments.payments import payment_came_text
from wagtail_payments.selectors.revenue.refunds import refunds_totals
from wagtail_payments.services.deliveries.outbox import delivery_send
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.review import payment_review
from wagtail_payments.services.receipts.issue import receipt_view
from wagtail_payments.services.reconciliation import provider_reconcile
from wagtail_payments.services.revenue import revenue_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def site():
    return make_site()


def paid(*, days_ago=0, source=EventSource.PROVIDER, **session):
    payment = start(make_product(prices=[{"amount": 1190, "tax_rate": 19}])).payment
    pay(payment)
    Session.objects.filter(pk=session_of(payment).pk).update(**session or {"amount": 1190})
    created_at = timezone.now() - timedelta(days=days_ago)
    Payment.objects.filter(pk=payment.pk).update(created_at=created_at)
    return payment_apply(payment_id=payment.pk, source=source).payment


def review(payment, **changes):
    return payment_review(payment_id=payment.pk, actor=make_user("tess"), **changes)


def actions(payment):
    """Return the actions available to staff, except refresh."""
    return payment_actions(payment) - {"refresh"}


def kinds(payment):
    return list(payment.events.values_list("kind", flat=True))


def test_flagged_payment_gets_its_receipt_after_the_review():
    payment = paid(amount=1000)
    assert actions(payment) == {"refund", "review"}
    applied = review(payment, note="The member paid the rest in cash")
    assert applied.payment.review_reason == ""
    receipt = Receipt.objects.get()
    assert kinds(payment)[-2:] == [EventKind.REVIEWED, EventKind.RECEIPT_ISSUED]
    assert payment.events.get(kind=EventKind.REVIEWED).data == {
        "reason": "amount_mismatch",
        "note": "The member paid the rest in cash",
    }
    assert PaymentsLogEntry.objects.filter(action="wagtail_payments.payment.review").count() == 1
    (delivery_id,) = applied.delivery_ids
    delivery_send(delivery_id=delivery_id)
    assert receipt.code in mail.outbox[0].subject
    assert not payments_to_review().exists()
    # The receipt shows the received amount and the tax included in it.
    view = receipt_view(receipt)
    assert (view["total"], view["received"], view["tax"]) == ("€11.90", "€10.00", "€1.60")


def test_receipt_and_reports_include_the_tax_after_an_overpayment():
    payment = paid(amount=2380)
    assert payment.tax_amount == 380
    assert review(payment).payment.receipt.data["tax_amount"] == 380
    revenue_refresh()
    assert sum(row.tax for row in DailyRevenue.objects.all()) == 380


def test_receipt_can_be_issued_later():
    payment = paid(amount=1000)
    assert review(payment, issue_receipt=False).delivery_ids == []
    payment = reload(payment)
    assert not Receipt.objects.exists()
    assert actions(payment) == {"refund", "issue_receipt"}
    payment_review(payment_id=payment.pk, actor=None)
    assert actions(reload(payment)) == {"refund"}


def test_reviewed_mismatch_is_not_flagged_again():
    payment = paid(amount=1000)
    review(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    assert reload(payment).review_reason == ""
    Session.objects.filter(pk=session_of(payment).pk).update(amount=900)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    assert reload(payment).review_reason == ReviewReason.AMOUNT_MISMATCH


def test_payment_in_another_currency_gets_no_receipt():
    payment = paid(currency="USD")
    before = kinds(payment)
    with pytest.raises(StaffRefused):
        review(payment)
    assert kinds(payment) == before
    assert reload(payment).review_reason == ReviewReason.CURRENCY_MISMATCH
    assert list(payments_to_review()) == [payment]
    payment_review(payment_id=payment.pk, actor=None, issue_receipt=False)
    assert not actions(reload(payment))
    assert not payments_to_review().exists()
    assert not Receipt.objects.exists()


def test_payment_in_another_currency_is_not_in_the_totals():
    payment = paid(currency="JPY", amount=200_000)
    assert (payment.captured_amount, payment.tax_amount) == (0, 0)
    assert payment_came_text(payment) == "¥200,000"
    sync_refunds(payment, ("re_1", 150_000, "succeeded"), currency="JPY")
    payment = reload(payment)
    refund = payment.refunds.get()
    assert payment.refunded_amount == 0
    assert (refund.status, refund.movements.count()) == (RefundStatus.SUCCEEDED, 0)
    assert refund.display_amount == "¥150,000"
    assert payment.events.last().data["currency"] == "JPY"
    assert list(payments_to_review()) == [payment]
    assert list(refunds_totals(Refund.objects.all())) == []
    revenue_refresh()
    assert not DailyRevenue.objects.filter(Q(gross__gt=0) | Q(refunded__gt=0))
    # Reconciliation finds only the refund, which does not exist at the provider.
    provider_reconcile(alias="sandbox", since=timezone.now() - timedelta(days=1))
    assert [discrepancy.kind for discrepancy in Discrepancy.objects.all()] == [
        DiscrepancyKind.REFUND
    ]


@pytest.mark.parametrize(
    ("days_ago", "source", "silent"),
    [
        (31, EventSource.RECONCILIATION, True),
        (29, EventSource.RECONCILIATION, False),
        (31, EventSource.PROVIDER, False),
        (0, EventSource.IMPORT, True),
    ],
)
def test_old_and_imported_payments_are_silent(days_ago, source, silent):
    payment = paid(days_ago=days_ago, source=source)
    assert payment.is_paid
    assert Receipt.objects.exists() is not silent
    assert Delivery.objects.exists() is not silent
    assert ReceiptSeries.objects.exists() is not silent
    assert (EventKind.RECEIPT_WITHHELD in kinds(payment)) is silent


def test_refunds_of_imported_payments_are_silent():
    payment = paid(source=EventSource.IMPORT)
    sync_refunds(payment, ("re_1", 500, "succeeded"), source=EventSource.IMPORT)
    assert reload(payment).refunded_amount == 500
    assert not Delivery.objects.exists()
    assert not CreditNote.objects.exists()


def test_receipt_of_an_imported_payment_can_be_issued():
    payment = paid(source=EventSource.IMPORT)
    sync_refunds(payment, ("re_1", 500, "succeeded"), source=EventSource.IMPORT)
    assert actions(payment) == {"refund", "issue_receipt"}
    review(payment)
    assert Receipt.objects.get().payment == payment
    assert CreditNote.objects.get().data["amount"] == 500
    queued = set(Delivery.objects.values_list("kind", flat=True))
    assert queued == {DeliveryKind.RECEIPT_EMAIL, DeliveryKind.CREDIT_NOTE_EMAIL}


def test_payment_with_a_receipt_cannot_be_reviewed():
    payment = paid()
    before = kinds(payment)
    with pytest.raises(StaffRefused):
        review(payment)
    assert kinds(payment) == before
    assert Receipt.objects.count() == 1
