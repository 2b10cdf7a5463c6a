"""Adds lines to a payment's timeline."""

from typing import Any

from wagtail_payments.enums import EventKind, EventSource
from wagtail_payments.models import Payment, PaymentEvent

from .log import STAFF_ACTIONS, audit_action


def timeline_add(
    *,
    payment: Payment,
    kind: EventKind,
    source: EventSource,
    actor: Any = None,
    amount: int | None = None,
    **data: Any,
) -> PaymentEvent:
    """Add one line. ``amount`` is in minor units; ``data`` must be JSON and hold no secrets.

    Actions of staff are also written to Wagtail's audit log.
    """
    if source == EventSource.STAFF and kind in STAFF_ACTIONS:
        audit_action(payment, kind, actor=actor, amount=amount)
    return PaymentEvent.objects.create(
        payment=payment, kind=kind, source=source, actor=actor, amount=amount, data=data
    )
