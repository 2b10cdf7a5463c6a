"""Adds lines to a payment's timeline."""

from typing import Any

from ..enums import EventKind, EventSource
from ..models import Payment, PaymentEvent


def timeline_add(
    *,
    payment: Payment,
    kind: EventKind,
    source: EventSource,
    actor: Any = None,
    amount: int | None = None,
    **data: Any,
) -> PaymentEvent:
    """Add one line. ``amount`` is in minor units; ``data`` must be JSON and hold no secrets."""
    return PaymentEvent.objects.create(
        payment=payment, kind=kind, source=source, actor=actor, amount=amount, data=data
    )
