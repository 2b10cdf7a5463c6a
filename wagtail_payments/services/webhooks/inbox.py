"""The inbox: store an event once, then apply what it is about.

A stored event is never lost: one that can't be applied yet is tried again, and kept when given up.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import EventSource, Mode, WebhookState
from wagtail_payments.exceptions import NotOurs
from wagtail_payments.models import Payment, WebhookEvent
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.providers.types import WebhookNotice
from wagtail_payments.services.leases import (
    SWEPT,
    lease_acquire,
    lease_due_ids,
    lease_release,
    next_attempt,
    unleased,
)
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.utils.database import sqlite_write_lock
from wagtail_payments.utils.tracebacks import error_text

from .matching import payment_of_event


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
    return webhook_store(provider=provider, notice=notice, body=body)


def webhook_store(
    *, provider: Provider, notice: WebhookNotice, body: bytes, recovered: bool = False
) -> int | None:
    """Store an event that is known to be the provider's; return its id, or None as above.

    ``recovered`` says that it never arrived by itself.
    """
    event = WebhookEvent(
        provider=provider.alias,
        mode=Mode.LIVE if notice.live else Mode.TEST,
        event_id=notice.event_id,
        type=notice.type[:100],
        version=notice.version[:50],
        checkout_reference=notice.checkout_reference,
        payment_reference=notice.payment_reference,
        metadata=None if notice.metadata is None else dict(notice.metadata),
        body=body,
        recovered=recovered,
        state=_first_state(provider, notice),
    )
    try:
        with sqlite_write_lock(), _savepoint():
            event.save(force_insert=True)
    except IntegrityError:
        if _is_stored(event):
            return None
        raise
    return event.pk


def webhooks_due(limit: int = SWEPT) -> list[int]:
    """Return the ids of events that should be processed now."""
    pending = WebhookEvent.objects.filter(state=WebhookState.PENDING)
    return lease_due_ids(pending, limit)


def webhook_process(*, event_id: int) -> Processed:
    """Apply one stored event if it is due and nobody else is at it.

    An error is recorded on the event, which is tried again, until it is given up.
    """
    pending = WebhookEvent.objects.filter(state=WebhookState.PENDING)
    event = lease_acquire(pending, event_id)
    if event is None:
        return Processed()
    try:
        payment = payment_of_event(event)
        served = _waiting_with(event, payment)
        applied = payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER, seen=payment)
    except NotOurs:
        lease_release(event, state=WebhookState.IGNORED, processed_at=timezone.now())
        return Processed()
    except Exception:
        # Whatever goes wrong, the event is kept and tried again.
        return Processed(retry_at=_failed(event, error_text()))
    done: dict[str, Any] = {
        "state": WebhookState.PROCESSED,
        "payment": payment,
        # The first time counts: by that the lag is known.
        "processed_at": Coalesce("processed_at", Value(timezone.now())),
        "last_error": "",
    }
    if payment.erased_at:
        # The payload names the payer, who is to stay forgotten.
        done["body"] = b""
    lease_release(event, **done)
    if served:
        unleased(pending.filter(pk__in=served)).update(**done)
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


def _waiting_with(event: WebhookEvent, payment: Payment) -> list[int]:
    """Return the other events that wait for the same payment: one answer is news of all of them.

    They have to be stored before the provider is asked, so this is read first.
    """
    about = Q(checkout_reference=payment.checkout_reference)
    if payment.payment_reference:
        about |= Q(payment_reference=payment.payment_reference)
    waiting = WebhookEvent.objects.filter(
        about, provider=event.provider, mode=event.mode, state=WebhookState.PENDING
    )
    return list(waiting.exclude(pk=event.pk).values_list("pk", flat=True))


def _failed(event: WebhookEvent, error: str) -> datetime | None:
    if event.attempts >= payments_conf().WEBHOOK_MAXIMUM_ATTEMPTS:
        lease_release(event, state=WebhookState.DEAD, last_error=error)
        return None
    retry_at = next_attempt(event.attempts)
    lease_release(event, last_error=error, next_attempt_at=retry_at)
    return retry_at
