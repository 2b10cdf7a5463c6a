"""The transitions of a payment. The only writer of ``Payment.status``.

The provider is asked outside any transaction. Its answer is applied under a row lock, and only if the
row has not changed in the meantime: a stale answer never overwrites a newer one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from wagtail_payments.enums import (
    TRANSITIONS,
    UNPAID_STATUSES,
    EventKind,
    EventSource,
    PaymentStatus,
    ReviewReason,
)
from wagtail_payments.models import Payment
from wagtail_payments.money import included_tax
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import AnswerIncomplete
from wagtail_payments.providers.types import CheckoutSession, PaymentSnapshot, ProviderStatus
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.products import stock_is_oversold_by
from wagtail_payments.services.providers import provider_of
from wagtail_payments.services.revenue import payment_mark_stale
from wagtail_payments.services.versions import apply_to_unchanged

from .apply_details import details_apply
from .apply_disputes import disputes_sync
from .apply_refunds import refunded_add_up, refunds_sync
from .effects import instructions_queue, payment_effects_create, refund_effects_create

STATUS_OF_PROVIDER: dict[ProviderStatus, PaymentStatus] = {
    ProviderStatus.OPEN: PaymentStatus.PENDING,
    ProviderStatus.PROCESSING: PaymentStatus.PROCESSING,
    ProviderStatus.SUCCEEDED: PaymentStatus.SUCCEEDED,
    ProviderStatus.FAILED: PaymentStatus.FAILED,
    ProviderStatus.EXPIRED: PaymentStatus.EXPIRED,
    ProviderStatus.CANCELED: PaymentStatus.CANCELED,
}

_MONEY_AFTER_ALL = frozenset({ProviderStatus.PROCESSING, ProviderStatus.SUCCEEDED})

Ask = Callable[[Provider, str], PaymentSnapshot]


@dataclass(frozen=True, slots=True)
class Applied:
    """A payment after an answer was applied, and the ids of the deliveries that this queued.

    ``snapshot`` is the answer, None if the provider was not asked.
    """

    payment: Payment
    delivery_ids: list[int] = field(default_factory=list)
    snapshot: PaymentSnapshot | None = None


def _retrieve(provider: Provider, reference: str) -> PaymentSnapshot:
    return provider.payment_retrieve(reference)


def _expire(provider: Provider, reference: str) -> PaymentSnapshot:
    return provider.checkout_expire(reference)


def payment_apply(
    *, payment_id: int, source: EventSource, ask: Ask = _retrieve, seen: Payment | None = None
) -> Applied:
    """Ask the provider for the payment's current state, and apply it.

    ``seen`` is the payment as the caller has just read it. Raises ProviderError if the provider does
    not answer, ProviderUnavailable also if the row kept changing. It is always safe to try again.
    """
    seen = seen or Payment.objects.get(pk=payment_id)
    provider = provider_of(seen, interactive=source == EventSource.VISITOR)
    if seen.checkout_reference is None or provider.offline:
        return Applied(seen)
    return apply_to_unchanged(
        seen,
        ask=lambda payment: _asked(payment, provider, ask, source),
        apply=lambda payment, snapshot: _apply(payment, snapshot, source),
    )


def payment_expire(*, payment_id: int, source: EventSource) -> Applied:
    """Have the provider expire a checkout, and apply the result: it may have been paid."""
    return payment_apply(payment_id=payment_id, source=source, ask=_expire)


def _asked(payment: Payment, provider: Provider, ask: Ask, source: EventSource) -> PaymentSnapshot:
    try:
        return ask(provider, payment.checkout_reference or "")
    except AnswerIncomplete as error:
        last = payment.events.last()
        if last is None or last.kind != EventKind.ANSWER_INCOMPLETE:
            timeline_add(
                payment=payment,
                kind=EventKind.ANSWER_INCOMPLETE,
                source=source,
                error=str(error)[:200],
            )
        raise


def payment_opened(
    *,
    payment: Payment,
    session: CheckoutSession,
    offline: bool = False,
    source: EventSource = EventSource.VISITOR,
) -> Applied:
    """Record that the provider has opened a checkout: the payment becomes pending.

    With ``offline`` no provider can be asked about it later: the payer is sent instructions.
    """
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if locked.checkout_reference is not None:
            return Applied(locked)
        locked.checkout_reference = session.reference
        locked.payment_reference = session.payment_reference
        if offline:
            locked.next_check_at = None
        timeline_add(
            payment=locked,
            kind=EventKind.CHECKOUT_OPENED,
            source=source,
            reference=session.reference,
        )
        opened = _move(locked, PaymentStatus.PENDING, source)
        _save(locked)
        queued = instructions_queue(locked) if opened and offline else []
    return Applied(locked, queued)


def checkout_expire_unopened(*, payment_id: int, source: EventSource) -> bool:
    """Expire an overdue payment whose checkout was never opened; return whether it did.

    The payer was given no way to pay, so only its stock is released.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        unopened = payment.checkout_reference is None and payment.expires_at < timezone.now()
        ended = unopened and _move(payment, PaymentStatus.EXPIRED, source)
        if ended:
            _save(payment)
    return ended


def payment_close_offline(
    *, payment: Payment, status: PaymentStatus, actor: Any, settled_at: datetime
) -> Applied:
    """Set the final status of an offline payment, as staff report it.

    Call it inside a transaction, with the row locked. A transition that is not allowed changes
    nothing.
    """
    if payment.status in UNPAID_STATUSES and status == PaymentStatus.SUCCEEDED:
        _flag_if_sold(payment, EventSource.STAFF)
    moved = _move(payment, status, EventSource.STAFF, actor)
    if not moved:
        return Applied(payment)
    if status == PaymentStatus.SUCCEEDED:
        _take_money(payment, payment.amount, settled_at)
    _save(payment)
    return Applied(payment, payment_effects_create(payment, EventSource.STAFF))


def _apply(payment: Payment, snapshot: PaymentSnapshot, source: EventSource) -> Applied:
    changed = details_apply(payment, snapshot, source)
    if payment.status in UNPAID_STATUSES and snapshot.status in _MONEY_AFTER_ALL:
        _flag_if_sold(payment, source)
    moved = _move(payment, STATUS_OF_PROVIDER[snapshot.status], source)
    if moved and payment.status == PaymentStatus.SUCCEEDED:
        _take_money(payment, _amount_in_currency(payment, snapshot), timezone.now())
    refunds = refunds_sync(payment=payment, snapshots=snapshot.refunds, source=source)
    if moved and snapshot.refunds:
        # The money may have been refunded before its arrival was reported.
        refunded_add_up(payment)
    changed |= disputes_sync(payment=payment, snapshots=snapshot.disputes, source=source)
    if changed or moved or refunds:
        _save(payment)
    queued = payment_effects_create(payment, source) if moved else []
    return Applied(payment, queued + refund_effects_create(payment, refunds, source), snapshot)


def _flag_if_sold(payment: Payment, source: EventSource) -> None:
    """Flag money that arrives after its stock was released and sold: staff decide."""
    if payment.review_reason or not stock_is_oversold_by(payment):
        return
    payment.review_reason = ReviewReason.PAID_AFTER_RELEASE
    timeline_add(
        payment=payment,
        kind=EventKind.FLAGGED,
        source=source,
        reason=str(ReviewReason.PAID_AFTER_RELEASE),
    )


def _amount_in_currency(payment: Payment, snapshot: PaymentSnapshot) -> int:
    """Return the amount in the payment's currency: other money is reported, never counted."""
    return snapshot.amount if snapshot.currency == payment.currency else 0


def _take_money(payment: Payment, amount: int, paid_at: datetime) -> None:
    payment.paid_at = paid_at
    payment.captured_amount = amount
    if amount != payment.amount:
        payment.tax_amount = included_tax(amount, payment.tax_rate)
    payment.failure_reason = ""


def _move(payment: Payment, to: PaymentStatus, source: EventSource, actor: Any = None) -> bool:
    """Make the transition if it is allowed; return whether it was. Others are outdated."""
    before = PaymentStatus(payment.status)
    if to not in TRANSITIONS[before]:
        return False
    payment.status = to
    timeline_add(
        payment=payment,
        kind=EventKind.STATUS_CHANGED,
        source=source,
        actor=actor,
        before=str(before),
        after=str(to),
    )
    return True


def _save(payment: Payment) -> None:
    payment.version += 1
    payment.save()
    payment_mark_stale(payment)
