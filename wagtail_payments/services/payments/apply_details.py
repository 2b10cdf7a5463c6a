"""Applies a provider's answer except for the status. Call it with the row locked."""

from wagtail_payments.enums import EventKind, EventSource, ReviewReason
from wagtail_payments.models import Payment
from wagtail_payments.money import is_currency
from wagtail_payments.providers.types import PaymentSnapshot
from wagtail_payments.services.audit.timeline import timeline_add


def details_apply(payment: Payment, snapshot: PaymentSnapshot, source: EventSource) -> bool:
    """Copy references, method, fee, decline and mismatch; return whether anything changed."""
    changed = _record_method_and_fee(payment, snapshot, source)
    changed |= _record_decline(payment, snapshot, source)
    return _flag_mismatch(payment, snapshot, source) or changed


def fee_is_reported(snapshot: PaymentSnapshot) -> bool:
    """Tell whether the provider reports a fee in a known currency.

    An amount in a currency that ISO 4217 does not list cannot be summed or formatted.
    """
    return snapshot.fee is not None and (
        not snapshot.fee_currency or is_currency(snapshot.fee_currency)
    )


def _record_method_and_fee(
    payment: Payment, snapshot: PaymentSnapshot, source: EventSource
) -> bool:
    method = snapshot.method
    known = fee_is_reported(snapshot)
    fields = {
        "payment_reference": snapshot.payment_reference or payment.payment_reference,
        "method_type": method.type or payment.method_type,
        "method_brand": method.brand or payment.method_brand,
        "method_last4": method.last4 or payment.method_last4,
        "fee": snapshot.fee if known else payment.fee,
        "fee_currency": snapshot.fee_currency if known else payment.fee_currency,
    }
    changes = {name: value for name, value in fields.items() if getattr(payment, name) != value}
    for name, value in changes.items():
        setattr(payment, name, value)
    if "fee" in changes:
        timeline_add(
            payment=payment,
            kind=EventKind.FEE_RECORDED,
            source=source,
            amount=snapshot.fee,
            currency=payment.fee_currency or payment.currency,
        )
    return bool(changes)


def _record_decline(payment: Payment, snapshot: PaymentSnapshot, source: EventSource) -> bool:
    decline = snapshot.decline
    if decline is None:
        return False
    lines = payment.events.filter(kind=EventKind.ATTEMPT_DECLINED)
    if any(line.data.get("reference") == decline.reference for line in lines):
        return False
    payment.failure_reason = decline.reason
    timeline_add(
        payment=payment,
        kind=EventKind.ATTEMPT_DECLINED,
        source=source,
        reference=decline.reference,
        reason=str(decline.reason),
    )
    return True


def _flag_mismatch(payment: Payment, snapshot: PaymentSnapshot, source: EventSource) -> bool:
    if payment.review_reason:
        return False
    if snapshot.currency != payment.currency:
        reason = ReviewReason.CURRENCY_MISMATCH
    elif snapshot.amount != payment.amount:
        reason = ReviewReason.AMOUNT_MISMATCH
    else:
        return False
    if _was_flagged(payment, snapshot, reason):
        return False
    payment.review_reason = reason
    timeline_add(
        payment=payment,
        kind=EventKind.FLAGGED,
        source=source,
        amount=snapshot.amount,
        reason=str(reason),
        currency=snapshot.currency,
    )
    return True


def _was_flagged(payment: Payment, snapshot: PaymentSnapshot, reason: ReviewReason) -> bool:
    """Tell whether the same mismatch was flagged before, and so has been reviewed."""
    flags = payment.events.filter(kind=EventKind.FLAGGED, amount=snapshot.amount)
    text = {"reason": str(reason), "currency": snapshot.currency}
    return any(text.items() <= line.data.items() for line in flags)
