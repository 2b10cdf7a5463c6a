"""Replays stored events, and removes their payloads."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import WebhookState
from wagtail_payments.models import WebhookEvent
from wagtail_payments.selectors.providers import of_current_modes
from wagtail_payments.services.leases import unleased

_BATCH = 500


def webhooks_failed() -> QuerySet[WebhookEvent]:
    """Return the events that failed, or that wait for another attempt after an error."""
    failed = WebhookEvent.objects.filter(state=WebhookState.FAILED)
    failing = WebhookEvent.objects.filter(state=WebhookState.PENDING).exclude(last_error="")
    return failed | failing


def webhooks_replay(events: QuerySet[WebhookEvent]) -> list[int]:
    """Queue ``events`` as if they had just arrived; return the ids of those that were queued.

    Events that a worker holds, and events of a provider's other mode, stay as they are. Nothing is
    applied twice: an event only triggers a request for the current state of its payment.
    """
    ids = list(of_current_modes(unleased(events)).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), _BATCH):
        unleased(WebhookEvent.objects.filter(pk__in=ids[first : first + _BATCH])).update(
            state=WebhookState.PENDING,
            attempts=0,
            next_attempt_at=timezone.now(),
            leased_until=None,
        )
    return ids


def webhook_ignore(*, event_id: int) -> bool:
    """Mark a failed event as ignored; return whether it was failed. The event is kept."""
    failed = WebhookEvent.objects.filter(pk=event_id, state=WebhookState.FAILED)
    return bool(failed.update(state=WebhookState.IGNORED, processed_at=timezone.now()))


def webhooks_redact(event_ids: Iterable[int]) -> int:
    """Remove the payloads of these events, and errors that may quote them; return how many."""
    events = WebhookEvent.objects.filter(pk__in=list(event_ids))
    return events.update(body=b"", last_error="")


def webhook_payloads_expire() -> int:
    """Remove payloads older than ``WEBHOOK_PAYLOAD_DAYS``, and errors that may quote them.

    Events that still wait keep theirs. Returns how many were removed.
    """
    until = timezone.now() - timedelta(days=payments_conf().WEBHOOK_PAYLOAD_DAYS)
    old = WebhookEvent.objects.filter(received_at__lt=until).exclude(body=b"", last_error="")
    return old.exclude(state=WebhookState.PENDING).update(body=b"", last_error="")
