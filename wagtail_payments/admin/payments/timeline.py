"""The timeline of a payment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wagtail_payments.enums import (
    CreditNoteKind,
    DeliveryKind,
    DisputeStatus,
    EventKind,
    EventSource,
    PaymentStatus,
    RefundReason,
    RefundStatus,
    ReviewReason,
    label_of,
)
from wagtail_payments.labels import method_name
from wagtail_payments.models import Payment, PaymentEvent
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import may_see_payer
from wagtail_payments.selectors.payments.declines import decline_message


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line: the time, the text, the source and the user."""

    when: datetime
    text: str
    source: str
    actor: str


def timeline(payment: Payment, user: Any) -> list[TimelineLine]:
    """Return all lines, oldest first.

    Without permission to see the payer, ``user`` sees neither the payer nor notes, which can name them.
    """
    hidden = not may_see_payer(user, payment)
    events = payment.events.select_related("actor")
    return [
        TimelineLine(
            when=event.created_at,
            text=_text(event, payment.currency, "" if hidden else event.data.get("note", "")),
            source=event.get_source_display(),
            actor="" if hidden and event.source == EventSource.VISITOR else str(event.actor or ""),
        )
        for event in events
    ]


def _text(event: PaymentEvent, currency: str, note: str) -> str:
    label = str(event.get_kind_display())
    detail = _detail(event, currency, note)
    return _("%(what)s: %(detail)s") % {"what": label, "detail": detail} if detail else label


def _detail(event: PaymentEvent, currency: str, note: str) -> str:
    describe = _DETAILS.get(event.kind)
    text = str(describe(event.data)) if describe else ""
    amount = _amount(event, currency) if event.kind in _WITH_AMOUNT or not describe else ""
    return ", ".join(filter(None, [amount, text, note]))


def _amount(event: PaymentEvent, currency: str) -> str:
    if event.amount is None:
        return ""
    return format_amount(event.amount, event.data.get("currency") or currency)


def _refund(data: dict[str, str]) -> str:
    status = label_of(RefundStatus, data["status"])
    return f"{status} ({data['reason']})" if data.get("reason") else status


def _received(data: dict[str, str]) -> str:
    try:
        day = date_format(date.fromisoformat(data["received_on"]), "DATE_FORMAT")
    except ValueError:
        day = data["received_on"]
    method = data.get("method")
    return f"{day}, {method_name(method)}" if method else day


_WITH_AMOUNT = frozenset(
    {EventKind.REFUND_REQUESTED, EventKind.REFUND_CHANGED, EventKind.DISPUTE_CHANGED}
)


def _delivery(data: dict[str, str]) -> str:
    kind = data["delivery"]
    label = label_of(DeliveryKind, kind)
    return f"{label} ({data['occurrence']})" if kind == DeliveryKind.SIGNAL else label


def _credit_note(data: dict[str, str]) -> str:
    kind = data["note_kind"]
    canceled = kind == CreditNoteKind.CANCELLATION
    return f"{data['number']} ({label_of(CreditNoteKind, kind)})" if canceled else data["number"]


_DETAILS: dict[str, Callable[[dict[str, str]], object]] = {
    EventKind.STATUS_CHANGED: lambda data: label_of(PaymentStatus, data["after"]),
    EventKind.ATTEMPT_DECLINED: lambda data: decline_message(data["reason"]),
    EventKind.FLAGGED: lambda data: label_of(ReviewReason, data["reason"]),
    EventKind.RECEIPT_ISSUED: lambda data: data["number"],
    EventKind.CREDIT_NOTE_ISSUED: _credit_note,
    EventKind.DELIVERY_SENT: _delivery,
    EventKind.DELIVERY_FAILED: _delivery,
    EventKind.DELIVERY_RESENT: _delivery,
    EventKind.CHECKOUT_OPENED: lambda data: data["reference"],
    EventKind.RECEIVED: _received,
    EventKind.REFUND_REQUESTED: lambda data: label_of(RefundReason, data["reason"]),
    EventKind.REFUND_CHANGED: _refund,
    EventKind.DISPUTE_CHANGED: lambda data: label_of(DisputeStatus, data["status"]),
    EventKind.ANSWER_INCOMPLETE: lambda data: data["error"],
}
