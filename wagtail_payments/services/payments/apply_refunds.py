"""Synchronizes refunds with the provider's. Call it with the payment locked."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from wagtail_payments.enums import KEPT_STATUSES, EventKind, EventSource, RefundReason, RefundStatus
from wagtail_payments.models import Payment, Refund
from wagtail_payments.providers.types import RefundSnapshot
from wagtail_payments.services.audit.timeline import timeline_add

GIVEN_STATUSES = (RefundStatus.PENDING, RefundStatus.SUCCEEDED)

_APPLIED_FIELDS = (
    "reference",
    "status",
    "amount",
    "failure_reason",
    "last_error",
    "settled_at",
)


def refunds_sync(
    *, payment: Payment, snapshots: Iterable[RefundSnapshot], source: EventSource
) -> list[Refund]:
    """Record each refund that the provider reports, once, and update the refunded amount.

    Returns the refunds that changed. ``payment`` is changed, not saved. Refunds of staff are matched
    by the id in their metadata, because the provider's event may arrive before its answer.
    """
    changes = []
    for snapshot in snapshots:
        refund = _refund_of(payment, snapshot)
        if not _is_changed(refund, snapshot):
            continue
        _apply(refund, snapshot)
        _note(refund, source)
        changes.append(refund)
    if changes:
        refunded_add_up(payment)
    return changes


def refunded_add_up(payment: Payment) -> None:
    """Set ``refunded_amount`` to the sum of refunds that succeeded or are pending."""
    given = payment.refunds.filter(status__in=GIVEN_STATUSES).aggregate(total=Sum("amount"))
    payment.refunded_amount = min(given["total"] or 0, payment.captured_amount)


def refundable_amount(payment: Payment) -> int:
    """Return how much can still be refunded (minor units); requested refunds count as refunded."""
    asked = payment.refunds.exclude(status__in=KEPT_STATUSES).aggregate(total=Sum("amount"))
    return max(payment.captured_amount - (asked["total"] or 0), 0)


def _refund_of(payment: Payment, snapshot: RefundSnapshot) -> Refund:
    requested = _requested(payment, snapshot)
    if requested is not None:
        return requested
    known = payment.refunds.filter(reference=snapshot.reference).first()
    return known or Refund(
        payment=payment,
        provider=payment.provider,
        mode=payment.mode,
        amount=snapshot.amount,
        reason=snapshot.reason if snapshot.reason in RefundReason.values else "",
    )


def _requested(payment: Payment, snapshot: RefundSnapshot) -> Refund | None:
    try:
        public_id = UUID(snapshot.metadata.get("refund", ""))
    except ValueError:
        return None
    return payment.refunds.filter(public_id=public_id, reference=None).first()


def _is_changed(refund: Refund, snapshot: RefundSnapshot) -> bool:
    known = (refund.reference, refund.status, refund.amount)
    return known != (snapshot.reference, snapshot.status, snapshot.amount)


def _apply(refund: Refund, snapshot: RefundSnapshot) -> None:
    refund.reference = snapshot.reference
    refund.status = RefundStatus(snapshot.status)
    refund.amount = snapshot.amount
    refund.failure_reason = snapshot.failure_reason[:255]
    refund.last_error = ""
    refund.settled_at = None if refund.status == RefundStatus.PENDING else timezone.now()
    # Not the lease: the worker that sends this refund may be writing it at the same time.
    refund.save(update_fields=_APPLIED_FIELDS if refund.pk else None)
    if snapshot.currency == refund.payment.currency:
        # Money in other currencies is not part of any sum.
        _move(refund)


def _move(refund: Refund) -> None:
    """Record the movement since the last one. A corrected amount comes back and is paid out anew."""
    last = refund.movements.last()
    given = max(last.amount, 0) if last else 0
    now = _given_now(refund, given)
    if given == now:
        return
    turn, moved_at = last.turn if last else 0, timezone.now()
    for amount in filter(None, (-given, now)):
        turn += 1
        refund.movements.create(turn=turn, amount=amount, moved_at=moved_at)


def _given_now(refund: Refund, before: int) -> int:
    if refund.status in KEPT_STATUSES:
        return 0
    return refund.amount if refund.status == RefundStatus.SUCCEEDED else before


def _note(refund: Refund, source: EventSource) -> None:
    timeline_add(
        payment=refund.payment,
        kind=EventKind.REFUND_CHANGED,
        source=source,
        amount=refund.amount,
        refund=str(refund.public_id),
        status=refund.status,
        reason=refund.failure_reason,
        **_other_currency(refund.payment),
    )


def _other_currency(payment: Payment) -> dict[str, str]:
    currency = payment.taken_currency
    return {} if currency == payment.currency else {"currency": currency}
