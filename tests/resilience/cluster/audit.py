"""Compares the company's database with ours, and finds lost and duplicate rows."""

from collections import Counter

from wagtail_payments.enums import (
    UNFINISHED_STATUSES,
    DeliveryKind,
    DeliveryState,
    EventKind,
    PaymentStatus,
    RefundStatus,
    WebhookState,
)
from wagtail_payments.models import (
    Delivery,
    Payment,
    PaymentEvent,
    Receipt,
    ReceiptSeries,
    Refund,
    WebhookEvent,
)
from wagtail_payments.sandbox.enums import AttemptState, SessionState
from wagtail_payments.sandbox.enums import DeliveryState as EventDeliveryState
from wagtail_payments.sandbox.models import Attempt, EventDelivery, Session
from wagtail_payments.sandbox.models import Refund as SandboxRefund

ENDED = (SessionState.SUCCEEDED, SessionState.FAILED, SessionState.EXPIRED)


def waiting():
    """Return how many rows are not processed yet."""
    ended = Session.objects.filter(state__in=ENDED).values("reference")
    return {
        "events": EventDelivery.objects.filter(state=EventDeliveryState.PENDING).count(),
        "inbox": WebhookEvent.objects.filter(state=WebhookState.PENDING).count(),
        "deliveries": Delivery.objects.filter(state=DeliveryState.PENDING).count(),
        "refunds": Refund.objects.filter(status=RefundStatus.CREATED).count(),
        "payments": Payment.objects.filter(
            status__in=UNFINISHED_STATUSES, checkout_reference__in=ended
        ).count(),
    }


def audit():
    """Return descriptions of lost and duplicate rows; both lists should be empty."""
    return {"lost": described(lost()), "duplicates": described(duplicates())}


def lost():
    paid = local_payments()
    yield "a payment", company_payments() - paid
    yield "a receipt", paid - ids(Receipt.objects.values_list("payment__checkout_reference"))
    for kind in (DeliveryKind.RECEIPT_EMAIL, DeliveryKind.SIGNAL):
        sent = Delivery.objects.filter(kind=kind, state=DeliveryState.SENT)
        yield f"a {kind}", paid - ids(sent.values_list("payment__checkout_reference"))
    yield "an event", ids(delivered_events()) - ids(processed_events())
    yield (
        "a receipt's number",
        {
            f"{series}: {series.next_number - 1 - rows}"
            for series in ReceiptSeries.objects.all()
            if (rows := series.receipts.count() + series.credit_notes.count())
            != series.next_number - 1
        },
    )
    yield "a refund", company_refunds() - local_refunds()


def duplicates():
    yield "a payment without money", local_payments() - company_payments()
    yield "a refund without money", local_refunds() - company_refunds()
    succeeded = Attempt.objects.filter(state=AttemptState.SUCCEEDED)
    yield "a charge", repeated(succeeded.values_list("session"))
    paid = Session.objects.filter(state=SessionState.SUCCEEDED)
    yield (
        "a paid checkout",
        repeated((row["payment"],) for row in paid.values_list("metadata", flat=True)),
    )
    changes = PaymentEvent.objects.filter(kind=EventKind.STATUS_CHANGED)
    yield "a status change", repeated(changes.values_list("payment", "data__after"))
    yield "a receipt", repeated(Receipt.objects.values_list("payment"))
    yield "a number", repeated(Receipt.objects.values_list("series", "number"))
    yield "a delivery", repeated(Delivery.objects.values_list("kind", "key"))
    yield "an event", repeated(WebhookEvent.objects.values_list("provider", "mode", "event_id"))
    sent = PaymentEvent.objects.filter(kind=EventKind.DELIVERY_SENT)
    yield (
        "a sent delivery",
        repeated(sent.values_list("payment", "data__delivery", "data__occurrence")),
    )
    declines = PaymentEvent.objects.filter(kind=EventKind.ATTEMPT_DECLINED)
    yield "a decline", repeated(declines.values_list("payment", "data__reference"))


def described(findings):
    return [f"{name}: {sorted(map(str, rows))[:5]}" for name, rows in findings if rows]


def repeated(rows):
    return {row for row, times in Counter(rows).items() if times > 1}


def ids(rows):
    return {row[0] for row in rows}


def company_payments():
    return ids(Session.objects.filter(state=SessionState.SUCCEEDED).values_list("reference"))


def local_payments():
    paid = Payment.objects.filter(status=PaymentStatus.SUCCEEDED)
    return ids(paid.values_list("checkout_reference"))


def company_refunds():
    return set(SandboxRefund.objects.values_list("reference", "amount"))


def local_refunds():
    refunds = Refund.objects.filter(status=RefundStatus.SUCCEEDED)
    return set(refunds.values_list("reference", "amount"))


def delivered_events():
    delivered = EventDelivery.objects.filter(state=EventDeliveryState.DELIVERED)
    return delivered.values_list("event__reference")


def processed_events():
    return WebhookEvent.objects.filter(state=WebhookState.PROCESSED).values_list("event_id")
