"""The inbox: stores each event once, then applies it.

A stored event is never lost: one that cannot be applied yet is retried, and kept if it fails.
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
from wagtail_payments.enums import Mode, WebhookObject, WebhookState
from wagtail_payments.exceptions import NotOurs
from wagtail_payments.models import WebhookEvent
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
from wagtail_payments.utils.database import sqlite_write_lock
from wagtail_payments.utils.tracebacks import error_text

from .objects import OBJECTS


@dataclass(frozen=True, slots=True)
class Processed:
    """What an event leaves to do: deliveries to send, and when to try the event again."""

    delivery_ids: list[int] = field(default_factory=list)
    retry_at: datetime | None = None


def webhook_receive(
    *, provider_alias: str, body: bytes, headers: Mapping[str, str], now: datetime
) -> int | None:
    """Verify and store one event; return its id, or None if it was stored before.

    Raises SignatureInvalid if the provider did not sign it, ProviderMisconfigured if the provider is
    not set up. Nothing is stored in either case.
    """
    provider = get_provider(provider_alias)
    notice = provider.webhook_verify(body, headers, now)
    return webhook_store(provider=provider, notice=notice, body=body)


def webhook_store(
    *, provider: Provider, notice: WebhookNotice, body: bytes, recovered: bool = False
) -> int | None:
    """Store a verified event; return its id, or None if it was stored before.

    ``recovered`` marks an event that never arrived and was fetched from the provider.
    """
    event = WebhookEvent(
        provider=provider.alias,
        mode=Mode.LIVE if notice.live else Mode.TEST,
        event_id=notice.event_id,
        type=notice.type[:100],
        object_kind=WebhookObject(notice.object),
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
    """Return the ids of events that are due."""
    pending = WebhookEvent.objects.filter(state=WebhookState.PENDING)
    return lease_due_ids(pending, limit)


def webhook_process(*, event_id: int) -> Processed:
    """Apply one stored event if it is due and no other worker holds it.

    An error is recorded on the event, which is retried until the maximum number of attempts.
    """
    pending = WebhookEvent.objects.filter(state=WebhookState.PENDING)
    event = lease_acquire(pending, event_id)
    if event is None:
        return Processed()
    try:
        found = OBJECTS[WebhookObject(event.object_kind)]
        owner = found.find(event)
        served = _waiting_with(event, found.events(owner))
        delivery_ids = found.apply(owner)
    except NotOurs:
        lease_release(event, state=WebhookState.IGNORED, processed_at=timezone.now())
        return Processed()
    except Exception:
        # After any error the event is kept and retried.
        return Processed(retry_at=_failed(event, error_text()))
    done: dict[str, Any] = {
        "state": WebhookState.PROCESSED,
        event.object_kind: owner,
        # The lag is measured up to the first time.
        "processed_at": Coalesce("processed_at", Value(timezone.now())),
        "last_error": "",
    }
    if owner.erased_at:
        # The payload may name the payer, who was erased.
        done["body"] = b""
    lease_release(event, **done)
    if served:
        unleased(pending.filter(pk__in=served)).update(**done)
    return Processed(delivery_ids=delivery_ids)


def _savepoint() -> AbstractContextManager[object]:
    """Return a savepoint if there is a transaction, so that a duplicate does not break it.

    Without one, a single INSERT is a transaction by itself: BEGIN and COMMIT would only add two
    round trips.
    """
    return transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext()


def _first_state(provider: Provider, notice: WebhookNotice) -> WebhookState:
    """Return the first state: events of the other mode or of no interest are stored as ignored."""
    if notice.relevant and notice.live == provider.live:
        return WebhookState.PENDING
    return WebhookState.IGNORED


def _is_stored(event: WebhookEvent) -> bool:
    return WebhookEvent.objects.filter(
        provider=event.provider, mode=event.mode, event_id=event.event_id
    ).exists()


def _waiting_with(event: WebhookEvent, about: Q) -> list[int]:
    """Return the other events that wait for the same object: one answer covers all of them.

    They have to be stored before the provider is asked, so this is read first.
    """
    waiting = WebhookEvent.objects.filter(
        about, provider=event.provider, mode=event.mode, state=WebhookState.PENDING
    )
    return list(waiting.exclude(pk=event.pk).values_list("pk", flat=True))


def _failed(event: WebhookEvent, error: str) -> datetime | None:
    if event.attempts >= payments_conf().WEBHOOK_MAXIMUM_ATTEMPTS:
        lease_release(event, state=WebhookState.FAILED, last_error=error)
        return None
    retry_at = next_attempt(event.attempts)
    lease_release(event, last_error=error, next_attempt_at=retry_at)
    return retry_at
