"""A payment's timeline in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
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
)
from wagtail_payments.labels import method_name
from wagtail_payments.models import Payment, PaymentEvent
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import may_see_payer
from wagtail_payments.selectors.payments.declines import decline_message


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line: when, what, from where and who."""

    when: datetime
    text: str
    source: str
    actor: str


def timeline(payment: Payment, user: Any) -> list[TimelineLine]:
    """Return all lines, oldest first.

    A ``user`` who may not see who paid is shown neither the payer nor notes, which may name them.
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
    in_words = _DETAILS.get(event.kind)
    words = str(in_words(event.data)) if in_words else ""
    amount = _amount(event, currency) if event.kind in _WITH_AMOUNT or not in_words else ""
    return ", ".join(filter(None, [amount, words, note]))


def _amount(event: PaymentEvent, currency: str) -> str:
    if event.amount is None:
        return ""
    return format_amount(event.amount, event.data.get("currency") or currency)


def _label(words: type[TextChoices], word: str) -> str:
    """Return what staff read for ``word``; one that nobody knows (any more) as it is."""
    return str(words(word).label) if word in words.values else word


def _refund(data: dict[str, str]) -> str:
    status = _label(RefundStatus, data["status"])
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
    label = _label(DeliveryKind, kind)
    return f"{label} ({data['occurrence']})" if kind == DeliveryKind.SIGNAL else label


def _credit_note(data: dict[str, str]) -> str:
    kind = data["note_kind"]
    canceled = kind == CreditNoteKind.CANCELLATION
    return f"{data['number']} ({_label(CreditNoteKind, kind)})" if canceled else data["number"]


_DETAILS: dict[str, Callable[[dict[str, str]], object]] = {
    EventKind.STATUS_CHANGED: lambda data: _label(PaymentStatus, data["after"]),
    EventKind.ATTEMPT_DECLINED: lambda data: decline_message(data["reason"]),
    EventKind.FLAGGED: lambda data: _label(ReviewReason, data["reason"]),
    EventKind.RECEIPT_ISSUED: lambda data: data["number"],
    EventKind.CREDIT_NOTE_ISSUED: _credit_note,
    EventKind.DELIVERY_SENT: _delivery,
    EventKind.DELIVERY_FAILED: _delivery,
    EventKind.DELIVERY_RESENT: _delivery,
    EventKind.CHECKOUT_OPENED: lambda data: data["reference"],
    EventKind.RECEIVED: _received,
    EventKind.REFUND_REQUESTED: lambda data: _label(RefundReason, data["reason"]),
    EventKind.REFUND_CHANGED: _refund,
    EventKind.DISPUTE_CHANGED: lambda data: _label(DisputeStatus, data["status"]),
    EventKind.ANSWER_INCOMPLETE: lambda data: data["error"],
}
