"""Compares the company's books with ours, row by row: what is lost, what is doubled."""

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
from wagtail_payments.sandbox.enums import DeliveryState as TellingState
from wagtail_payments.sandbox.models import Attempt, EventDelivery, Session
from wagtail_payments.sandbox.models import Refund as TheirRefund

ENDED = (SessionState.SUCCEEDED, SessionState.FAILED, SessionState.EXPIRED)


def waiting():
    """Return how much isn't done yet."""
    ended = Session.objects.filter(state__in=ENDED).values("reference")
    return {
        "events": EventDelivery.objects.filter(state=TellingState.PENDING).count(),
        "inbox": WebhookEvent.objects.filter(state=WebhookState.PENDING).count(),
        "deliveries": Delivery.objects.filter(state=DeliveryState.PENDING).count(),
        "refunds": Refund.objects.filter(status=RefundStatus.CREATED).count(),
        "payments": Payment.objects.filter(
            status__in=UNFINISHED_STATUSES, checkout_reference__in=ended
        ).count(),
    }


def audit():
    """Return what is lost and what is doubled, each by name; nothing of both is as it should be."""
    return {"lost": told(lost()), "doubled": told(doubled())}


def lost():
    paid, ours = paid_there(), paid_here()
    yield "a payment", paid - ours
    yield "a receipt", ours - ids(Receipt.objects.values_list("payment__checkout_reference"))
    for kind in (DeliveryKind.RECEIPT_EMAIL, DeliveryKind.SIGNAL):
        sent = Delivery.objects.filter(kind=kind, state=DeliveryState.SENT)
        yield f"a {kind}", ours - ids(sent.values_list("payment__checkout_reference"))
    yield "an event", ids(told_events()) - ids(processed_events())
    yield (
        "a receipt's number",
        {
            f"{series}: {series.next_number - 1 - rows}"
            for series in ReceiptSeries.objects.all()
            if (rows := series.receipts.count() + series.credit_notes.count())
            != series.next_number - 1
        },
    )
    yield "a refund", refunds_there() - refunds_here()


def doubled():
    yield "a payment without money", paid_here() - paid_there()
    yield "a refund without money", refunds_here() - refunds_there()
    succeeded = Attempt.objects.filter(state=AttemptState.SUCCEEDED)
    yield "a charge", repeated(succeeded.values_list("session"))
    paid = Session.objects.filter(state=SessionState.SUCCEEDED)
    yield (
        "a paid checkout",
        repeated((row["payment"],) for row in paid.values_list("metadata", flat=True)),
    )
    changes = PaymentEvent.objects.filter(kind=EventKind.STATUS_CHANGED)
    yield "a change", repeated(changes.values_list("payment", "data__after"))
    yield "a receipt", repeated(Receipt.objects.values_list("payment"))
    yield "a number", repeated(Receipt.objects.values_list("series", "number"))
    yield "a delivery", repeated(Delivery.objects.values_list("kind", "key"))
    yield "an event", repeated(WebhookEvent.objects.values_list("provider", "mode", "event_id"))
    sent = PaymentEvent.objects.filter(kind=EventKind.DELIVERY_SENT)
    yield "a sending", repeated(sent.values_list("payment", "data__delivery", "data__occurrence"))
    declines = PaymentEvent.objects.filter(kind=EventKind.ATTEMPT_DECLINED)
    yield "a decline", repeated(declines.values_list("payment", "data__reference"))


def told(findings):
    return [f"{name}: {sorted(map(str, rows))[:5]}" for name, rows in findings if rows]


def repeated(rows):
    return {row for row, times in Counter(rows).items() if times > 1}


def ids(rows):
    return {row[0] for row in rows}


def paid_there():
    return ids(Session.objects.filter(state=SessionState.SUCCEEDED).values_list("reference"))


def paid_here():
    paid = Payment.objects.filter(status=PaymentStatus.SUCCEEDED)
    return ids(paid.values_list("checkout_reference"))


def refunds_there():
    return set(TheirRefund.objects.values_list("reference", "amount"))


def refunds_here():
    given = Refund.objects.filter(status=RefundStatus.SUCCEEDED)
    return set(given.values_list("reference", "amount"))


def told_events():
    delivered = EventDelivery.objects.filter(state=TellingState.DELIVERED)
    return delivered.values_list("event__reference")


def processed_events():
    return WebhookEvent.objects.filter(state=WebhookState.PROCESSED).values_list("event_id")
