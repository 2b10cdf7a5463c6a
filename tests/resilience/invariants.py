"""Invariants of every payment, and the final comparison with the provider."""

from collections import Counter

from django.db.models import Sum

from wagtail_payments.enums import (
    TRANSITIONS,
    CreditNoteKind,
    EventKind,
    PaymentStatus,
    RefundStatus,
    SeriesKind,
)
from wagtail_payments.models import (
    Delivery,
    Payment,
    PaymentEvent,
    Receipt,
    ReceiptSeries,
    Refund,
    RefundMovement,
)
from wagtail_payments.sandbox.models import Refund as CompanyRefund
from wagtail_payments.sandbox.models import Session
from wagtail_payments.selectors.products.products import HOLDING_STATUSES
from wagtail_payments.services.payments.apply import STATUS_OF_PROVIDER
from wagtail_payments.services.reconciliation.differences import payment_differences


def check_invariants():
    """Assert what must hold after every step."""
    for payment in Payment.objects.prefetch_related("events", "refunds", "deliveries"):
        check_timeline(payment)
        check_money(payment)
        check_deliveries(payment)
    check_receipts()
    assert PaymentEvent.objects.values("payment").distinct().count() == Payment.objects.count()


def check_timeline(payment):
    """Assert that the timeline's status changes are allowed, and match the payment."""
    status = PaymentStatus.CREATED
    lines = list(payment.events.all())
    assert lines[0].kind == EventKind.CREATED
    for line in lines:
        if line.kind == EventKind.STATUS_CHANGED:
            assert line.data["before"] == status
            assert line.data["after"] in TRANSITIONS[status]
            status = PaymentStatus(line.data["after"])
    assert status == payment.status
    kinds = Counter(line.kind for line in lines)
    assert kinds[EventKind.RECEIPT_ISSUED] == (1 if hasattr(payment, "receipt") else 0)
    assert kinds[EventKind.CHECKOUT_OPENED] == (1 if payment.checkout_reference else 0)
    assert (kinds[EventKind.FLAGGED] > 0) == bool(payment.review_reason)
    for refund in payment.refunds.all():
        statuses = [line.data["status"] for line in lines if is_about(line, refund)]
        assert (statuses or [RefundStatus.CREATED])[-1] == refund.status


def is_about(line, refund):
    same_refund = line.data.get("refund") == str(refund.public_id)
    return line.kind == EventKind.REFUND_CHANGED and same_refund


def check_money(payment):
    """Assert that a payment is paid at most once, and never refunded beyond its amount."""
    paid = [
        line
        for line in payment.events.all()
        if line.kind == EventKind.STATUS_CHANGED and line.data["after"] == PaymentStatus.SUCCEEDED
    ]
    assert len(paid) == (1 if payment.status == PaymentStatus.SUCCEEDED else 0)
    assert payment.captured_amount == (payment.amount if paid else 0)
    refunded = sum(
        refund.amount
        for refund in payment.refunds.all()
        if refund.status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING)
    )
    assert payment.refunded_amount == refunded <= payment.captured_amount
    assert bool(paid) == bool(payment.paid_at)


def check_deliveries(payment):
    """Assert that there is one row per kind and occurrence, and no unexpected row."""
    rows = Counter((row.kind, row.occurrence) for row in payment.deliveries.all())
    assert set(rows.values()) <= {1}
    paid = payment.status == PaymentStatus.SUCCEEDED
    assert rows[("signal", "payment_succeeded")] == paid
    assert rows[("receipt_email", "issued")] == hasattr(payment, "receipt")
    refunded = [name for kind, name in rows if name.startswith("payment_refunded:")]
    done = [row for row in payment.refunds.all() if row.settled_at and row.reference]
    assert len(refunded) == len(done)
    check_credit_notes(payment, rows)


def check_credit_notes(payment, rows):
    """Assert that credit notes match the refunded amount, and that each was emailed once."""
    signs = {CreditNoteKind.REFUND: 1, CreditNoteKind.CANCELLATION: -1}
    notes = list(payment.credit_notes.all())
    credited = sum(signs[note.kind] * note.data["amount"] for note in notes)
    movements = RefundMovement.objects.filter(refund__payment=payment)
    refunded = sum(refund.amount for refund in payment.refunds.filter(status="succeeded"))
    assert sum(each.amount for each in movements) == refunded
    assert credited == (refunded if hasattr(payment, "receipt") else 0)
    assert len([kind for kind, _ in rows if kind == "credit_note_email"]) == len(notes)


def check_receipts():
    """Assert that each series is numbered without gaps and duplicates."""
    for series in ReceiptSeries.objects.all():
        of_notes = series.kind == SeriesKind.CREDIT_NOTE
        rows = series.credit_notes if of_notes else series.receipts
        numbers = sorted(rows.values_list("number", flat=True))
        assert numbers == list(range(1, series.next_number))
    assert Receipt.objects.values("payment").distinct().count() == Receipt.objects.count()


def check_stock(price):
    """Assert that no more is sold than in stock, except by payments flagged for review."""
    payments = Payment.objects.filter(price_key=price.key, status__in=HOLDING_STATUSES)
    taken = payments.filter(review_reason="").aggregate(taken=Sum("quantity"))["taken"] or 0
    assert taken <= price.stock


def check_company():
    """Assert that the company has one paid session per payment, and no excess refund."""
    paid = Session.objects.filter(state="succeeded")
    payments = [session.metadata["payment"] for session in paid]
    assert len(payments) == len(set(payments))
    for session in paid:
        refunded = session.refunds.aggregate(total=Sum("amount"))["total"] or 0
        assert refunded <= session.amount


def check_settled(provider):
    """Assert that our state matches the provider's, and that nothing is pending."""
    for payment in Payment.objects.filter(provider="sandbox").exclude(checkout_reference=None):
        snapshot = provider.payment_retrieve(payment.checkout_reference)
        differences = [each.data for each in payment_differences(payment, snapshot)]
        assert differences == []
        assert payment.status == STATUS_OF_PROVIDER[snapshot.status]
    assert Refund.objects.filter(status=RefundStatus.SUCCEEDED, provider="sandbox").count() == (
        CompanyRefund.objects.count()
    )
    unsent = Delivery.objects.exclude(state="sent")
    assert list(unsent.values_list("kind", "state", "last_error")) == []
