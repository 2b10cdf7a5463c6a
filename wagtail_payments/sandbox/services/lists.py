"""The sandbox's objects since a time, for reconciliation."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from wagtail_payments.providers.types import Listed, PaymentSnapshot, RefundSnapshot
from wagtail_payments.sandbox.enums import DeliveryState
from wagtail_payments.sandbox.models import Event, Refund, Session

from .sessions import session_current
from .snapshots import refund_snapshot, session_snapshot

BATCH = 200


def payments_list(provider: str, since: datetime) -> Iterator[Listed[PaymentSnapshot]]:
    """Yield the sessions with their related objects."""
    sessions = Session.objects.filter(provider=provider, created_at__gte=since)
    everything = sessions.prefetch_related("attempts", "refunds__session").order_by("pk")
    for session in everything.iterator(chunk_size=BATCH):
        yield Listed(
            snapshot=session_snapshot(session_current(session)),
            checkout_reference=session.reference,
            payment_reference=session.payment_reference,
            metadata=session.metadata,
        )


def refunds_list(provider: str, since: datetime) -> Iterator[Listed[RefundSnapshot]]:
    """Yield the refunds."""
    refunds = Refund.objects.filter(session__provider=provider, created_at__gte=since)
    for refund in refunds.select_related("session").iterator(chunk_size=BATCH):
        yield Listed(
            snapshot=refund_snapshot(refund), payment_reference=refund.session.payment_reference
        )


def events_undelivered(provider: str, since: datetime) -> QuerySet[Event]:
    """Return the undelivered events, including those dropped by a fault."""
    events = Event.objects.filter(session__provider=provider, created_at__gte=since)
    return events.exclude(deliveries__state=DeliveryState.DELIVERED)
