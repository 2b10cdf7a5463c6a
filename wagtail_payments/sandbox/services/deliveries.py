"""Outgoing webhooks: real HTTP, signed for each attempt, repeated until a 2xx."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.sandbox.enums import DeliveryState
from wagtail_payments.sandbox.http import http_post
from wagtail_payments.sandbox.models import EventDelivery, Session
from wagtail_payments.sandbox.options import sandbox_options
from wagtail_payments.sandbox.signing import HEADER, signature_header

MAXIMUM_ATTEMPTS = 12
LONGEST_WAIT = 600
SUCCESS = 2
"""The first digit of the status codes for success."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery, and when it is due."""

    delivery_id: int
    at: datetime


def deliveries_waiting(session: Session) -> list[Waiting]:
    """Return the pending deliveries of a session's events."""
    return _waiting(EventDelivery.objects.filter(event__session=session))


def deliveries_due(limit: int = 200) -> list[int]:
    """Return the ids of deliveries that are due."""
    due = _due(EventDelivery.objects.all()).order_by("next_attempt_at")
    return list(due.values_list("pk", flat=True)[:limit])


def delivery_send(*, delivery_id: int) -> list[Waiting]:
    """Make one delivery if it is due and no other worker holds it; return the next ones.

    A failed attempt is repeated after 1, 2, 4 … seconds, up to 12 times.
    """
    delivery = _take(delivery_id)
    if delivery is None:
        return []
    try:
        status = _post(delivery)
    except (OSError, HTTPException, ProviderMisconfigured) as error:
        return _failed(delivery, None, f"{type(error).__name__}: {error}")
    if status // 100 != SUCCESS:
        return _failed(delivery, status, f"HTTP {status}")
    _release(
        delivery,
        state=DeliveryState.DELIVERED,
        delivered_at=timezone.now(),
        status_code=status,
        last_error="",
    )
    return _overtaken(delivery)


def _due(rows: QuerySet[EventDelivery]) -> QuerySet[EventDelivery]:
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    return rows.filter(free, state=DeliveryState.PENDING, next_attempt_at__lte=now)


def _take(delivery_id: int) -> EventDelivery | None:
    until = timezone.now() + timedelta(seconds=payments_conf().LEASE_SECONDS)
    due = _due(EventDelivery.objects.filter(pk=delivery_id))
    if not due.update(leased_until=until, attempts=F("attempts") + 1):
        return None
    return EventDelivery.objects.select_related("event__session").get(pk=delivery_id)


def _release(delivery: EventDelivery, **changes: object) -> None:
    """Write ``changes``, unless another worker has leased the row."""
    mine = EventDelivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts)
    mine.update(leased_until=None, **changes)


def _post(delivery: EventDelivery) -> int:
    session = delivery.event.session
    body = delivery.event.body.encode()
    secrets = sandbox_options(session.provider).webhook_secrets
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "wagtail-payments-sandbox",
        HEADER: signature_header(body, secrets=secrets, at=timezone.now()),
    }
    return http_post(session.webhook_url, body, headers)


def _failed(delivery: EventDelivery, status: int | None, error: str) -> list[Waiting]:
    logger.warning("Sandbox event %s was not delivered: %s", delivery.event.reference, error)
    if delivery.attempts >= MAXIMUM_ATTEMPTS:
        _release(delivery, state=DeliveryState.FAILED, status_code=status, last_error=error)
        return []
    wait = min(2 ** (delivery.attempts - 1), LONGEST_WAIT)
    retry_at = timezone.now() + timedelta(seconds=wait)
    _release(delivery, status_code=status, last_error=error, next_attempt_at=retry_at)
    return [Waiting(delivery.pk, retry_at)]


def _overtaken(delivery: EventDelivery) -> list[Waiting]:
    """Release events that were held until a later one was delivered."""
    held = EventDelivery.objects.filter(held=True, event__lt=delivery.event_id)
    ids = list(held.values_list("pk", flat=True))
    EventDelivery.objects.filter(pk__in=ids).update(held=False, next_attempt_at=timezone.now())
    return _waiting(EventDelivery.objects.filter(pk__in=ids))


def _waiting(rows: QuerySet[EventDelivery]) -> list[Waiting]:
    pending = rows.filter(state=DeliveryState.PENDING)
    return [Waiting(*row) for row in pending.values_list("pk", "next_attempt_at")]
