"""Events: what happened to a session, written down in the transaction in which it happens."""

import json
from datetime import timedelta

from django.utils import timezone

from wagtail_payments.sandbox.enums import EventType, FaultKind
from wagtail_payments.sandbox.models import Event, EventDelivery, Session

from .faults import fault_take
from .ids import new_reference

API_VERSION = "2026-11-01"

HELD_AT_MOST = timedelta(seconds=30)
"""How long a shuffled event waits when no other event comes along to overtake it."""


def event_add(*, session: Session, type: EventType) -> Event:
    """Write an event down and owe its delivery, unless a fault was armed for it."""
    reference = new_reference("evt")
    event = Event.objects.create(
        session=session,
        reference=reference,
        type=type,
        body=_body(session, reference, type),
    )
    if fault_take(FaultKind.DROP) is None:
        _queue(event)
    return event


def _queue(event: Event) -> None:
    copies = 2 if fault_take(FaultKind.DUPLICATE) else 1
    held = fault_take(FaultKind.SHUFFLE) is not None
    delay = fault_take(FaultKind.DELAY)
    due = timezone.now()
    if held:
        due += HELD_AT_MOST
    elif delay:
        due += timedelta(seconds=delay.seconds)
    EventDelivery.objects.bulk_create(
        EventDelivery(event=event, held=held, next_attempt_at=due) for _ in range(copies)
    )


def _body(session: Session, reference: str, type: EventType) -> str:
    return json.dumps(
        {
            "id": reference,
            "object": "event",
            "type": type.value,
            "created": int(timezone.now().timestamp()),
            "livemode": False,
            "api_version": API_VERSION,
            "data": {
                "checkout": session.reference,
                "payment": session.payment_reference,
                "state": str(session.state),
                "metadata": session.metadata,
            },
        }
    )
