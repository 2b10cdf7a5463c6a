"""What goes into Wagtail's audit log: who did what, with no personal data."""

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
"""What staff do with a payment: in its timeline, and in the audit log."""


def audit(instance: Any, action: str, *, actor: Any = None, **data: Any) -> None:
    """Write that ``actor`` (in the admin: whoever is signed in) did ``action`` with ``instance``, a row."""
    log(instance, action, user=actor, data=data)


def audit_many(actor: Any, action: str, **data: Any) -> None:
    """Write that ``actor`` did ``action`` with many rows: the entry is about whoever did it."""
    uuid = get_active_log_context().uuid
    PaymentsLogEntry.objects.log_action(actor, action, user=actor, uuid=uuid, data=data)


def audit_action(payment: Payment, kind: EventKind, *, actor: Any, amount: int | None) -> None:
    """Write what a member of staff did with a payment; ``amount`` is in minor units."""
    money = {} if amount is None else {"amount": amount, "currency": payment.currency}
    audit(payment, STAFF_ACTIONS[kind], actor=actor, **money)
