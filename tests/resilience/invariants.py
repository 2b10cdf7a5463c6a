"""What must hold of every payment at every moment, and at the end against the provider's books."""

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


def check_always():
    """Assert what no interleaving may break."""
    for payment in Payment.objects.prefetch_related("events", "refunds", "deliveries"):
        check_timeline(payment)
        check_money(payment)
        check_deliveries(payment)
    check_receipts()
    assert PaymentEvent.objects.values("payment").distinct().count() == Payment.objects.count()


def check_timeline(payment):
    """The lines of the timeline lead, one allowed step after the other, to what the row says."""
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
        said = [line.data["status"] for line in lines if is_about(line, refund)]
        assert (said or [RefundStatus.CREATED])[-1] == refund.status


def is_about(line, refund):
    about = line.data.get("refund") == str(refund.public_id)
    return line.kind == EventKind.REFUND_CHANGED and about


def check_money(payment):
    """Paid once, never more given back than came."""
    paid = [
        line
        for line in payment.events.all()
        if line.kind == EventKind.STATUS_CHANGED and line.data["after"] == PaymentStatus.SUCCEEDED
    ]
    assert len(paid) == (1 if payment.status == PaymentStatus.SUCCEEDED else 0)
    assert payment.captured_amount == (payment.amount if paid else 0)
    given = sum(
        refund.amount
        for refund in payment.refunds.all()
        if refund.status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING)
    )
    assert payment.refunded_amount == given <= payment.captured_amount
    assert bool(paid) == bool(payment.paid_at)


def check_deliveries(payment):
    """One row a kind and occurrence, and none that isn't owed."""
    rows = Counter((row.kind, row.occurrence) for row in payment.deliveries.all())
    assert set(rows.values()) <= {1}
    paid = payment.status == PaymentStatus.SUCCEEDED
    assert rows[("signal", "payment_succeeded")] == paid
    assert rows[("receipt_email", "issued")] == hasattr(payment, "receipt")
    refunded = [name for kind, name in rows if name.startswith("payment_refunded:")]
    done = [row for row in payment.refunds.all() if row.settled_at and row.reference]
    assert len(refunded) == len(done)
    check_notes(payment, rows)


def check_notes(payment, rows):
    """What a receipt's notes say was given back is what was; each was mailed once."""
    signs = {CreditNoteKind.REFUND: 1, CreditNoteKind.CANCELLATION: -1}
    notes = list(payment.credit_notes.all())
    noted = sum(signs[note.kind] * note.data["amount"] for note in notes)
    moved = RefundMovement.objects.filter(refund__payment=payment)
    given = sum(refund.amount for refund in payment.refunds.filter(status="succeeded"))
    assert sum(each.amount for each in moved) == given
    assert noted == (given if hasattr(payment, "receipt") else 0)
    assert len([kind for kind, _ in rows if kind == "credit_note_email"]) == len(notes)


def check_receipts():
    """Each number once, none left out."""
    for series in ReceiptSeries.objects.all():
        of_notes = series.kind == SeriesKind.CREDIT_NOTE
        rows = series.credit_notes if of_notes else series.receipts
        numbers = sorted(rows.values_list("number", flat=True))
        assert numbers == list(range(1, series.next_number))
    assert Receipt.objects.values("payment").distinct().count() == Receipt.objects.count()


def check_stock(price):
    """Nobody holds more than there is, but for those whom a person has to give their money back."""
    held = Payment.objects.filter(price_key=price.key, status__in=HOLDING_STATUSES)
    taken = held.filter(review_reason="").aggregate(taken=Sum("quantity"))["taken"] or 0
    assert taken <= price.stock


def check_company():
    """The company itself took nothing twice: one paid session a payment, and no refund too many."""
    paid = Session.objects.filter(state="succeeded")
    sold = [session.metadata["payment"] for session in paid]
    assert len(sold) == len(set(sold))
    for session in paid:
        given = session.refunds.aggregate(total=Sum("amount"))["total"] or 0
        assert given <= session.amount


def check_settled(provider):
    """At the end our state is the provider's, and nothing is left to be done."""
    for payment in Payment.objects.filter(provider="sandbox").exclude(checkout_reference=None):
        snapshot = provider.payment_retrieve(payment.checkout_reference)
        left = [each.data for each in payment_differences(payment, snapshot)]
        assert left == []
        assert payment.status == STATUS_OF_PROVIDER[snapshot.status]
    assert Refund.objects.filter(status=RefundStatus.SUCCEEDED, provider="sandbox").count() == (
        CompanyRefund.objects.count()
    )
    unsent = Delivery.objects.exclude(state="sent")
    assert list(unsent.values_list("kind", "state", "last_error")) == []
