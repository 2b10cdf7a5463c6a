"""Synchronizes disputes with the provider's. Call it with the payment locked."""

from collections.abc import Iterable

from django.utils import timezone

from wagtail_payments.enums import CLOSED_STATUSES, EventKind, EventSource
from wagtail_payments.models import Dispute, Payment
from wagtail_payments.money import is_currency
from wagtail_payments.providers.types import DisputeSnapshot
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.revenue import days_mark_stale
from wagtail_payments.utils.dates import day_of


def disputes_sync(
    *, payment: Payment, snapshots: Iterable[DisputeSnapshot], source: EventSource
) -> bool:
    """Record each dispute that the provider reports; return whether anything changed."""
    changed = False
    for snapshot in snapshots:
        changed |= _record(payment, snapshot, source)
    return changed


def _record(payment: Payment, snapshot: DisputeSnapshot, source: EventSource) -> bool:
    fields = {
        "status": str(snapshot.status),
        "amount": snapshot.amount,
        "currency": snapshot.currency if is_currency(snapshot.currency) else "",
        "reason": snapshot.reason[:60],
        "due_by": snapshot.due_by,
    }
    dispute = payment.disputes.filter(reference=snapshot.reference).first() or Dispute(
        payment=payment,
        provider=payment.provider,
        mode=payment.mode,
        reference=snapshot.reference,
    )
    before = dispute.status
    if all(getattr(dispute, name) == value for name, value in fields.items()):
        return False
    for name, value in fields.items():
        setattr(dispute, name, value)
    if dispute.status != before:
        _date(dispute)
    dispute.save()
    if dispute.status != before:
        _note(dispute, source)
    return True


def _date(dispute: Dispute) -> None:
    """Set when it was closed; a dispute that is reopened has no such date."""
    closed = dispute.status in CLOSED_STATUSES
    if dispute.closed_at and not closed:
        # The totals of that day change, and nothing else marks it.
        days_mark_stale([day_of(dispute.closed_at)])
    dispute.closed_at = (dispute.closed_at or timezone.now()) if closed else None


def _note(dispute: Dispute, source: EventSource) -> None:
    timeline_add(
        payment=dispute.payment,
        kind=EventKind.DISPUTE_CHANGED,
        source=source,
        amount=dispute.amount,
        currency=dispute.currency,
        status=dispute.status,
        reason=dispute.reason,
    )
