"""The inbox: store an event once, then apply what it is about.

A stored event is never lost: one that can't be applied yet is tried again, and kept when given up.
"""

import traceback
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..conf import payments_conf
from ..enums import EventSource, Mode, WebhookState
from ..exceptions import NotOurs, PaymentNotFound
from ..models import Payment, WebhookEvent
from ..providers.base import Provider
from ..providers.exceptions import ReferenceUnknown
from ..providers.registry import get_provider
from ..providers.types import WebhookNotice
from .leases import lease_due, lease_release, lease_take, next_attempt
from .metadata import APP
from .payments import payment_apply


@dataclass(frozen=True, slots=True)
class Processed:
    """What an event left to do: deliveries that are owed now, and when to try the event again."""

    delivery_ids: list[int] = field(default_factory=list)
    retry_at: datetime | None = None


def webhook_receive(
    *, provider_alias: str, body: bytes, headers: Mapping[str, str], now: datetime
) -> int | None:
    """Verify and store one event; return its id, or None when it was stored before.

    Raises SignatureInvalid for what the provider didn't send, ProviderMisconfigured for a provider
    that isn't set up. Nothing is stored in either case.
    """
    provider = get_provider(provider_alias)
    notice = provider.webhook_verify(body, headers, now)
    event = WebhookEvent(
        provider=provider_alias,
        mode=Mode.LIVE if notice.live else Mode.TEST,
        event_id=notice.event_id,
        type=notice.type[:100],
        version=notice.version[:50],
        checkout_reference=notice.checkout_reference,
        payment_reference=notice.payment_reference,
        metadata=None if notice.metadata is None else dict(notice.metadata),
        body=body,
        state=_first_state(provider, notice),
    )
    try:
        with _savepoint():
            event.save(force_insert=True)
    except IntegrityError:
        if _is_stored(event):
            return None
        raise
    return event.pk


def webhooks_due(limit: int = 500) -> list[int]:
    """Return the ids of events that should be processed now."""
    pending = WebhookEvent.objects.filter(state=WebhookState.PENDING)
    return list(lease_due(pending).order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def webhook_process(*, event_id: int) -> Processed:
    """Apply one stored event if it is due and nobody else is at it.

    An error is recorded on the event, which is tried again, until it is given up.
    """
    pending = WebhookEvent.objects.filter(state=WebhookState.PENDING)
    event = lease_take(pending, event_id)
    if event is None:
        return Processed()
    try:
        payment = _payment_of(event)
        applied = payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    except NotOurs:
        lease_release(event, state=WebhookState.IGNORED, processed_at=timezone.now())
        return Processed()
    except Exception:
        # Whatever goes wrong, the event is kept and tried again.
        return Processed(retry_at=_failed(event, traceback.format_exc()))
    lease_release(
        event,
        state=WebhookState.PROCESSED,
        payment=payment,
        processed_at=timezone.now(),
        last_error="",
    )
    return Processed(delivery_ids=applied.delivery_ids)


def _savepoint() -> AbstractContextManager[object]:
    """Keep a refused row from spoiling the transaction around it, if there is one.

    Without one, a single INSERT is a transaction by itself: BEGIN and COMMIT would be two more ways
    to the database and back.
    """
    return transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext()


def _first_state(provider: Provider, notice: WebhookNotice) -> WebhookState:
    """Return how an event starts: one of the other mode, or of no interest, is kept but inert."""
    if notice.relevant and notice.live == provider.live:
        return WebhookState.PENDING
    return WebhookState.IGNORED


def _is_stored(event: WebhookEvent) -> bool:
    return WebhookEvent.objects.filter(
        provider=event.provider, mode=event.mode, event_id=event.event_id
    ).exists()


def _payment_of(event: WebhookEvent) -> Payment:
    """Return the payment that an event is about.

    Raises NotOurs for an object of another software on the same account, PaymentNotFound when nobody
    can tell (yet).
    """
    ours = Payment.objects.filter(provider=event.provider, mode=event.mode)
    references = {
        "checkout_reference": event.checkout_reference,
        "payment_reference": event.payment_reference,
    }
    for name, reference in references.items():
        if reference and (payment := ours.filter(**{name: reference}).first()):
            return payment
    payment = _payment_named(event, ours)
    known, told = payment.checkout_reference, event.checkout_reference
    if known and told and known != told:
        raise PaymentNotFound(f"{event} is about another checkout than the one of {payment.pk}.")
    return payment


def _payment_named(event: WebhookEvent, ours: QuerySet[Payment]) -> Payment:
    """Find the payment by our metadata: its row is there before the provider hears of it."""
    metadata = event.metadata
    if metadata is None and not event.payment_reference:
        # Whatever is ours has a payment at the provider.
        raise NotOurs(f"{event} is about no payment.")
    if metadata is None:
        metadata = _metadata_asked(event)
    if metadata.get("app") != APP:
        raise NotOurs(f"{event} is about what another software made.")
    try:
        payment = ours.filter(public_id=UUID(str(metadata.get("payment", "")))).first()
    except ValueError as error:
        raise PaymentNotFound(f"{event} names no payment.") from error
    if payment is None:
        raise NotOurs(f"{event} is about a payment of another site.")
    return payment


def _metadata_asked(event: WebhookEvent) -> Mapping[str, str]:
    provider = get_provider(event.provider, interactive=False)
    try:
        return provider.payment_metadata(event.payment_reference or "")
    except ReferenceUnknown as error:
        raise PaymentNotFound(f"No payment of ours belongs to {event}.") from error


def _failed(event: WebhookEvent, error: str) -> datetime | None:
    if event.attempts >= payments_conf().WEBHOOK_MAXIMUM_ATTEMPTS:
        lease_release(event, state=WebhookState.DEAD, last_error=error)
        return None
    retry_at = next_attempt(event.attempts)
    lease_release(event, last_error=error, next_attempt_at=retry_at)
    return retry_at
