"""What a payment goes through. The only writer of ``Payment.status``.

A provider is asked outside any transaction; its answer is applied under a row lock, and only when
nothing else happened to the row in between: a stale answer never overwrites a newer one.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from ..enums import (
    TRANSITIONS,
    DeliveryKind,
    EventKind,
    EventSource,
    PaymentStatus,
    ReviewReason,
)
from ..models import Payment
from ..providers.exceptions import ProviderUnavailable
from ..providers.registry import get_provider
from ..providers.types import CheckoutSession, PaymentSnapshot, ProviderStatus
from .deliveries import delivery_add
from .receipts import receipt_issue
from .timeline import timeline_add

_TRIES = 5

STATUS_OF_PROVIDER: dict[ProviderStatus, PaymentStatus] = {
    ProviderStatus.OPEN: PaymentStatus.PENDING,
    ProviderStatus.PROCESSING: PaymentStatus.PROCESSING,
    ProviderStatus.SUCCEEDED: PaymentStatus.SUCCEEDED,
    ProviderStatus.FAILED: PaymentStatus.FAILED,
    ProviderStatus.EXPIRED: PaymentStatus.EXPIRED,
    ProviderStatus.CANCELED: PaymentStatus.CANCELED,
}


@dataclass(frozen=True, slots=True)
class Applied:
    """A payment after an answer was applied, and the ids of the deliveries that it owes now."""

    payment: Payment
    delivery_ids: list[int] = field(default_factory=list)


def payment_apply(*, payment_id: int, source: EventSource) -> Applied:
    """Ask the provider how the payment stands and make ours the same.

    Raises ProviderError when the provider doesn't answer, ProviderUnavailable also when the row
    never stood still; trying again later is safe in every case.
    """
    for _ in range(_TRIES):
        seen = Payment.objects.get(pk=payment_id)
        if seen.checkout_reference is None:
            return Applied(seen)
        snapshot = get_provider(seen.provider).payment_retrieve(seen.checkout_reference)
        applied = _apply_if_unmoved(seen, snapshot, source)
        if applied is not None:
            return applied
    raise ProviderUnavailable(f"Payment {payment_id} kept changing while the provider was asked.")


def payment_opened(
    *, payment: Payment, session: CheckoutSession, source: EventSource = EventSource.VISITOR
) -> Payment:
    """Note that the provider has opened a checkout: the payment is pending now."""
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if locked.checkout_reference is None:
            locked.checkout_reference = session.reference
            locked.payment_reference = session.payment_reference
            timeline_add(
                payment=locked,
                kind=EventKind.CHECKOUT_OPENED,
                source=source,
                reference=session.reference,
            )
            _move(locked, PaymentStatus.PENDING, source)
            _save(locked)
    return locked


def payment_abandon(*, payment_id: int, source: EventSource) -> bool:
    """End a payment for which no checkout was ever opened, if its time is over; tell whether it was.

    Nobody was given anything to pay with, so nothing but its stock is held by it.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        unopened = payment.checkout_reference is None and payment.expires_at < timezone.now()
        ended = unopened and _move(payment, PaymentStatus.EXPIRED, source)
        if ended:
            _save(payment)
    return ended


def _apply_if_unmoved(
    seen: Payment, snapshot: PaymentSnapshot, source: EventSource
) -> Applied | None:
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=seen.pk)
        if payment.version != seen.version:
            return None
        return _apply(payment, snapshot, source)


def _apply(payment: Payment, snapshot: PaymentSnapshot, source: EventSource) -> Applied:
    changed = _record_facts(payment, snapshot, source)
    changed |= _flag_mismatch(payment, snapshot, source)
    moved = _move(payment, STATUS_OF_PROVIDER[snapshot.status], source)
    if moved and payment.status == PaymentStatus.SUCCEEDED:
        payment.paid_at = timezone.now()
        payment.captured_amount = snapshot.amount
        payment.failure_reason = ""
    if changed or moved:
        _save(payment)
    return Applied(payment, _owe(payment, source) if moved else [])


def _record_facts(payment: Payment, snapshot: PaymentSnapshot, source: EventSource) -> bool:
    """Copy what the provider knows about method, fee and declines; return whether it was news."""
    method = snapshot.method
    facts = {
        "payment_reference": snapshot.payment_reference or payment.payment_reference,
        "method_type": method.type or payment.method_type,
        "method_brand": method.brand or payment.method_brand,
        "method_last4": method.last4 or payment.method_last4,
        "fee": payment.fee if snapshot.fee is None else snapshot.fee,
    }
    news = {name: value for name, value in facts.items() if getattr(payment, name) != value}
    for name, value in news.items():
        setattr(payment, name, value)
    if "fee" in news:
        timeline_add(
            payment=payment, kind=EventKind.FEE_RECORDED, source=source, amount=snapshot.fee
        )
    return _record_decline(payment, snapshot, source) or bool(news)


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


def _move(payment: Payment, to: PaymentStatus, source: EventSource) -> bool:
    """Take the transition if it is allowed. Anything else is old news, and stays as it is."""
    before = PaymentStatus(payment.status)
    if to not in TRANSITIONS[before]:
        return False
    payment.status = to
    timeline_add(
        payment=payment,
        kind=EventKind.STATUS_CHANGED,
        source=source,
        before=str(before),
        after=str(to),
    )
    return True


def _save(payment: Payment) -> None:
    payment.version += 1
    payment.save()


def _owe(payment: Payment, source: EventSource) -> list[int]:
    """Write down what a payment that has just moved owes to the world outside."""
    if payment.status == PaymentStatus.FAILED:
        return [_owe_signal(payment, "payment_failed")]
    if payment.status != PaymentStatus.SUCCEEDED:
        return []
    owed = [_owe_signal(payment, "payment_succeeded")]
    if payment.review_reason:
        return owed
    receipt = receipt_issue(payment=payment)
    timeline_add(payment=payment, kind=EventKind.RECEIPT_ISSUED, source=source, number=receipt.code)
    if payment.payer_email:
        mail = delivery_add(payment=payment, kind=DeliveryKind.RECEIPT_MAIL, occurrence="issued")
        owed.append(mail.pk)
    return owed


def _owe_signal(payment: Payment, name: str) -> int:
    return delivery_add(payment=payment, kind=DeliveryKind.SIGNAL, occurrence=name).pk
