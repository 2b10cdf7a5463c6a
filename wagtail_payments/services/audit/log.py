"""Entries of Wagtail's audit log: who did what, without personal data."""

from typing import Any

from wagtail.log_actions import get_active_log_context, log

from wagtail_payments.enums import EventKind
from wagtail_payments.models import Payment, PaymentsLogEntry

PAYERS_SEEN = "wagtail_payments.payment.view_payer"
PAYER_EXPORTED = "wagtail_payments.payment.export_payer"
PAYMENTS_EXPORTED = "wagtail_payments.payment.export"
EVENT_REPLAYED = "wagtail_payments.webhook.replay"
EVENT_IGNORED = "wagtail_payments.webhook.ignore"
EVENT_REDACTED = "wagtail_payments.webhook.redact"
EVENTS_REPLAYED = "wagtail_payments.webhook.replay_failed"
DISCREPANCY_DISMISSED = "wagtail_payments.discrepancy.dismiss"
DISCREPANCY_REFRESHED = "wagtail_payments.discrepancy.ask"
COMPARED = "wagtail_payments.discrepancy.compare"

STAFF_ACTIONS = {
    EventKind.REFUND_REQUESTED: "wagtail_payments.payment.refund",
    EventKind.RECEIVED: "wagtail_payments.payment.receive",
    EventKind.CANCELED: "wagtail_payments.payment.cancel",
    EventKind.REVIEWED: "wagtail_payments.payment.review",
    EventKind.ERASED: "wagtail_payments.payment.erase_payer",
    EventKind.DELIVERY_RESENT: "wagtail_payments.payment.resend",
}
"""The audit actions of what staff do with a payment, by the kind of its timeline line."""


def audit(instance: Any, action: str, *, actor: Any = None, **data: Any) -> None:
    """Log that ``actor`` (default: the signed-in user) did ``action`` with the row ``instance``."""
    log(instance, action, user=actor, data=data)


def audit_many(actor: Any, action: str, **data: Any) -> None:
    """Log that ``actor`` did ``action`` with many rows: the entry belongs to the actor."""
    uuid = get_active_log_context().uuid
    PaymentsLogEntry.objects.log_action(actor, action, user=actor, uuid=uuid, data=data)


def audit_action(payment: Payment, kind: EventKind, *, actor: Any, amount: int | None) -> None:
    """Log what a member of staff did with a payment; ``amount`` is in minor units."""
    money = {} if amount is None else {"amount": amount, "currency": payment.currency}
    audit(payment, STAFF_ACTIONS[kind], actor=actor, **money)
