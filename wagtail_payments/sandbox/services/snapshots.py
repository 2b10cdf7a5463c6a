"""Converts the sandbox's rows to snapshots of the provider contract."""

from wagtail_payments.providers.types import (
    Decline,
    DeclineReason,
    PaymentMethod,
    PaymentSnapshot,
    ProviderStatus,
    RefundSnapshot,
    RefundStatus,
)
from wagtail_payments.sandbox.enums import AttemptState
from wagtail_payments.sandbox.models import Attempt, Refund, Session

PAYING = (AttemptState.PROCESSING, AttemptState.SUCCEEDED, AttemptState.FAILED)


def session_snapshot(session: Session) -> PaymentSnapshot:
    """Return the state of ``session``, with its method and the last declined attempt."""
    attempts = list(session.attempts.all())
    return PaymentSnapshot(
        checkout_reference=session.reference,
        payment_reference=session.payment_reference,
        status=ProviderStatus(session.state),
        amount=session.amount,
        currency=session.currency,
        method=_method(attempts),
        decline=_decline(attempts),
        fee=session.fee,
        refunds=tuple(refund_snapshot(refund) for refund in session.refunds.all()),
    )


def refund_snapshot(refund: Refund) -> RefundSnapshot:
    """Return the state of ``refund``, which always has succeeded."""
    return RefundSnapshot(
        reference=refund.reference,
        status=RefundStatus.SUCCEEDED,
        amount=refund.amount,
        currency=refund.session.currency,
        reason=refund.reason,
        metadata=refund.metadata,
    )


def _method(attempts: list[Attempt]) -> PaymentMethod:
    for attempt in attempts:
        if attempt.state in PAYING:
            return PaymentMethod(type=attempt.method_type, brand=attempt.brand, last4=attempt.last4)
    return PaymentMethod()


def _decline(attempts: list[Attempt]) -> Decline | None:
    for attempt in reversed(attempts):
        if attempt.reason:
            return Decline(reference=attempt.reference, reason=DeclineReason(attempt.reason))
    return None
