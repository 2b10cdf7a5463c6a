"""Converts Stripe's objects to snapshots. Unknown values of new API versions are tolerated."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import stripe

from wagtail_payments.providers.types import (
    Decline,
    DeclineReason,
    DisputeSnapshot,
    DisputeStatus,
    PaymentMethod,
    PaymentSnapshot,
    ProviderStatus,
    RefundSnapshot,
    RefundStatus,
)

from .amounts import from_stripe
from .declines import decline_reason
from .responses import metadata_of, optional, reference_of

# An unpaid, completed session has the status of its payment intent.
INTENT_STATUSES = {
    "canceled": ProviderStatus.CANCELED,
    "processing": ProviderStatus.PROCESSING,
    "requires_action": ProviderStatus.PROCESSING,
    "requires_payment_method": ProviderStatus.FAILED,
    "succeeded": ProviderStatus.SUCCEEDED,
}

REFUND_STATUSES = {
    "canceled": RefundStatus.CANCELED,
    "failed": RefundStatus.FAILED,
    "succeeded": RefundStatus.SUCCEEDED,
}

DISPUTE_STATUSES = {
    "lost": DisputeStatus.LOST,
    "prevented": DisputeStatus.CLOSED,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "warning_closed": DisputeStatus.CLOSED,
    "warning_under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
}


def payment_snapshot(
    session: stripe.checkout.Session,
    refunds: Iterable[stripe.Refund],
    disputes: Iterable[stripe.Dispute],
) -> PaymentSnapshot:
    """Return the snapshot of a session with expanded payment intent, charge and balance transaction."""
    intent: Any = session.payment_intent
    charge = intent.latest_charge if intent else None
    status = session_status(session.status, session.payment_status, intent)
    fee, fee_currency = _fee(charge)
    return PaymentSnapshot(
        checkout_reference=session.id,
        status=status,
        amount=_amount(session.amount_total, session.currency),
        currency=_currency(session.currency),
        payment_reference=reference_of(intent),
        method=_method(charge),
        decline=_decline(intent, status),
        fee=fee,
        fee_currency=fee_currency,
        refunds=tuple(refund_snapshot(refund) for refund in refunds),
        disputes=tuple(dispute_snapshot(dispute) for dispute in disputes),
    )


def intent_snapshot(
    intent: stripe.PaymentIntent,
    refunds: Iterable[stripe.Refund],
    disputes: Iterable[stripe.Dispute],
) -> PaymentSnapshot:
    """Return the snapshot of a payment intent without a session of ours, with its charge expanded."""
    charge: Any = intent.latest_charge
    fee, fee_currency = _fee(charge)
    received = intent.status == "succeeded"
    return PaymentSnapshot(
        checkout_reference=intent.id,
        status=INTENT_STATUSES.get(intent.status, ProviderStatus.OPEN),
        amount=_amount(intent.amount_received if received else intent.amount, intent.currency),
        currency=_currency(intent.currency),
        payment_reference=intent.id,
        method=_method(charge),
        fee=fee,
        fee_currency=fee_currency,
        refunds=tuple(refund_snapshot(refund) for refund in refunds),
        disputes=tuple(dispute_snapshot(dispute) for dispute in disputes),
    )


def session_status(status: str | None, payment_status: str, intent: Any) -> ProviderStatus:
    """Return a session's state. Paid wins; an unknown value changes nothing."""
    if payment_status == "paid":
        return ProviderStatus.SUCCEEDED
    if status == "expired":
        return ProviderStatus.EXPIRED
    if status == "complete" and intent:
        return INTENT_STATUSES.get(intent.status, ProviderStatus.OPEN)
    return ProviderStatus.OPEN


def refund_snapshot(refund: stripe.Refund) -> RefundSnapshot:
    """Return a refund's snapshot. An unknown or waiting status is pending."""
    return RefundSnapshot(
        reference=refund.id,
        status=REFUND_STATUSES.get(refund.status or "", RefundStatus.PENDING),
        amount=_amount(refund.amount, refund.currency),
        currency=_currency(refund.currency),
        reason=optional(refund, "reason") or "",
        failure_reason=optional(refund, "failure_reason") or "",
        metadata=metadata_of(refund),
        created_at=datetime.fromtimestamp(refund.created, UTC),
    )


def dispute_snapshot(dispute: stripe.Dispute) -> DisputeSnapshot:
    """Return a dispute's snapshot. An unknown status counts as needing a response."""
    due_by = optional(optional(dispute, "evidence_details"), "due_by")
    return DisputeSnapshot(
        reference=dispute.id,
        status=DISPUTE_STATUSES.get(dispute.status, DisputeStatus.NEEDS_RESPONSE),
        amount=_amount(dispute.amount, dispute.currency),
        currency=_currency(dispute.currency),
        reason=optional(dispute, "reason") or "",
        due_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        created_at=datetime.fromtimestamp(dispute.created, UTC),
    )


def _method(charge: Any) -> PaymentMethod:
    """Return the payment method. A card in a wallet is shown by its brand."""
    if charge is None or charge.status == "failed" or charge.payment_method_details is None:
        return PaymentMethod()
    details = charge.payment_method_details
    kind = optional(details, details.type)
    return PaymentMethod(
        type=details.type,
        brand=optional(kind, "brand") or "",
        last4=optional(kind, "last4") or "",
    )


def _decline(intent: Any, status: ProviderStatus) -> Decline | None:
    """Return the last declined attempt, identified by its charge or its payment method."""
    error = optional(intent, "last_payment_error")
    if status == ProviderStatus.SUCCEEDED or (not error and status != ProviderStatus.FAILED):
        return None
    method = optional(error, "payment_method")
    reference = optional(error, "charge") or reference_of(method) or intent.id
    if status == ProviderStatus.FAILED:
        return Decline(reference=reference, reason=DeclineReason.DELAYED_FAILED)
    reason = decline_reason(optional(error, "decline_code"), optional(error, "code"))
    return Decline(reference=reference, reason=reason)


def _fee(charge: Any) -> tuple[int | None, str]:
    """Return the fee and its currency, which exist once the charge is settled."""
    settled = charge.balance_transaction if charge else None
    if settled is None:
        return None, ""
    return _amount(settled.fee, settled.currency), _currency(settled.currency)


def _amount(amount: int | None, currency: str | None) -> int:
    if not isinstance(amount, int) or not currency:
        raise TypeError("an amount without a number or a currency")
    return from_stripe(amount, currency)


def _currency(currency: str | None) -> str:
    return (currency or "").upper()
