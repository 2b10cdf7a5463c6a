"""Sends refunds to the provider.

While the outcome is unknown, the same request is repeated with the same key. If the key can no longer
be used (the provider replays an earlier failure, or is about to forget it), the refund is looked up by
its metadata. Only if it is not found, a request with a new key follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from wagtail_payments.enums import EventKind, EventSource, RefundStatus
from wagtail_payments.models import Payment, Refund
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import (
    AnswerReplayed,
    KeyReused,
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    ReferenceUnknown,
)
from wagtail_payments.providers.types import RefundRequest, RefundSnapshot
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.leases import (
    lease_acquire,
    lease_due_ids,
    lease_release,
    next_attempt,
)
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.apply_refunds import refunds_sync
from wagtail_payments.services.payments.effects import refund_effects_create
from wagtail_payments.services.providers import payment_metadata, provider_of
from wagtail_payments.services.revenue import payment_mark_stale
from wagtail_payments.services.versions import locked_if_unchanged
from wagtail_payments.utils.tracebacks import error_text

_KEY_LASTS = timedelta(hours=23)
"""Stripe forgets an idempotency key after 24 hours (https://docs.stripe.com/api/idempotent_requests)."""


@dataclass(frozen=True, slots=True)
class SentRefund:
    """A refund after it was sent, the queued deliveries, and when to try again, if at all."""

    refund: Refund
    delivery_ids: list[int] = field(default_factory=list)
    retry_at: datetime | None = None


def refunds_due() -> list[int]:
    """Return the ids of refunds that are due to be sent, or sent again."""
    return lease_due_ids(_unsent())


def refund_send(*, refund_id: int, interactive: bool = False) -> SentRefund:
    """Send a refund if it is due and no other worker holds it; a sent one stays as it is.

    An unknown outcome is recorded and retried at ``retry_at``.
    """
    refund = lease_acquire(_unsent(), refund_id)
    if refund is None:
        return SentRefund(Refund.objects.get(pk=refund_id))
    seen = refund.payment
    try:
        provider = provider_of(refund, interactive=interactive)
        snapshot = _sent(refund, provider)
    except (ProviderMisconfigured, ReferenceUnknown):
        # The keys are of another account or mode, so this does not say whether the refund was made.
        return _try_later(refund, error_text())
    except ProviderRefused as error:
        return _refused(refund, str(error))
    except Exception:
        # After any other error it is unknown whether the refund was made.
        return _try_later(refund, error_text())
    return _answered(refund, snapshot, seen, offline=provider.offline)


def _unsent() -> Any:
    return Refund.objects.filter(status=RefundStatus.CREATED)


def _sent(refund: Refund, provider: Provider) -> RefundSnapshot:
    old = refund.tried_at is not None and timezone.now() - refund.tried_at > _KEY_LASTS
    # An offline provider derives its answer from the key: there is nothing to look up.
    if old and not provider.offline:
        return _found(refund, provider) or _tried_anew(refund, provider)
    if refund.tried_at is None:
        refund.tried_at = timezone.now()
        refund.save(update_fields=["tried_at"])
    try:
        return provider.refund_create(_request(refund))
    except (AnswerReplayed, KeyReused):
        return _found(refund, provider) or _tried_anew(refund, provider)


def _found(refund: Refund, provider: Provider) -> RefundSnapshot | None:
    """Look the refund up by its metadata. Raises ProviderUnavailable if the payment cannot be read."""
    try:
        snapshot = provider.payment_retrieve(refund.payment.checkout_reference or "")
    except ProviderRefused as error:
        raise ProviderUnavailable("The payment of this refund can't be looked up.") from error
    return _matching(snapshot.refunds, str(refund.public_id))


def _matching(snapshots: Iterable[RefundSnapshot], public_id: str) -> RefundSnapshot | None:
    return next((item for item in snapshots if item.metadata.get("refund") == public_id), None)


def _tried_anew(refund: Refund, provider: Provider) -> RefundSnapshot:
    refund.refund_try += 1
    refund.tried_at = timezone.now()
    refund.save(update_fields=["refund_try", "tried_at"])
    return provider.refund_create(_request(refund))


def _request(refund: Refund) -> RefundRequest:
    payment = refund.payment
    return RefundRequest(
        idempotency_key=f"refund:{refund.public_id}:{refund.refund_try}",
        payment_reference=payment.payment_reference or "",
        amount=refund.amount,
        currency=payment.currency,
        reason=refund.reason,
        metadata={**payment_metadata(payment), "refund": str(refund.public_id)},
    )


def _answered(
    refund: Refund, snapshot: RefundSnapshot, seen: Payment, *, offline: bool
) -> SentRefund:
    """Apply the answer. If the payment has changed in the meantime, ask for its current state."""
    queued = _applied(refund, snapshot, seen, offline=offline)
    if queued is None:
        try:
            queued = payment_apply(
                payment_id=refund.payment_id, source=EventSource.PROVIDER
            ).delivery_ids
        except ProviderError:
            return _try_later(refund, error_text())
    lease_release(refund)
    return SentRefund(Refund.objects.select_related("payment").get(pk=refund.pk), queued)


def _applied(
    refund: Refund, snapshot: RefundSnapshot, seen: Payment, *, offline: bool
) -> list[int] | None:
    """Apply the answer and return the ids of its deliveries; None if the payment has changed.

    A replayed answer is the first one and may be hours old, so a changed payment is asked about
    again. An offline provider has no newer answer.
    """
    metadata = {**snapshot.metadata, "refund": str(refund.public_id)}
    with locked_if_unchanged(seen, compare=not offline) as payment:
        if payment is None or not _unsent().filter(pk=refund.pk).exists():
            return None
        changes = refunds_sync(
            payment=payment,
            snapshots=[replace(snapshot, metadata=metadata)],
            source=EventSource.PROVIDER,
        )
        payment.version += 1
        payment.save()
        payment_mark_stale(payment)
        return refund_effects_create(payment, changes, EventSource.PROVIDER)


def _refused(refund: Refund, reason: str) -> SentRefund:
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
        if not _unsent().filter(pk=refund.pk).exists():
            # A webhook reported the outcome before the repeated request was refused.
            return SentRefund(Refund.objects.get(pk=refund.pk))
        if not lease_release(refund, status=RefundStatus.FAILED, failure_reason=reason[:255]):
            return SentRefund(Refund.objects.get(pk=refund.pk))
        payment.version += 1
        payment.save(update_fields=["version"])
        timeline_add(
            payment=payment,
            kind=EventKind.REFUND_CHANGED,
            source=EventSource.PROVIDER,
            amount=refund.amount,
            refund=str(refund.public_id),
            status=str(RefundStatus.FAILED),
            reason=reason[:255],
        )
    return SentRefund(refund)


def _try_later(refund: Refund, error: str) -> SentRefund:
    retry_at = next_attempt(refund.attempts)
    lease_release(refund, last_error=error, next_attempt_at=retry_at)
    return SentRefund(refund, retry_at=retry_at)
