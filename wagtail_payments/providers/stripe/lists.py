"""Stripe's books, page by page: what began since a day. https://docs.stripe.com/api/pagination."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import stripe

from ..types import DisputeSnapshot, Listed, MissedEvent, PaymentSnapshot, RefundSnapshot
from .answers import complete, metadata_of, reference_of
from .client import ask
from .events import EVENTS, notice_of
from .payments import EXPAND
from .snapshots import dispute_snapshot, payment_snapshot, refund_snapshot

PAGE = 100


def payments_list(
    client: stripe.StripeClient, since: datetime
) -> Iterator[Listed[PaymentSnapshot]]:
    """Yield the Checkout Sessions, with their payment intents, charges and fees."""
    params: Any = {**_since(since), "expand": [f"data.{path}" for path in EXPAND]}
    for session in _every(lambda: client.v1.checkout.sessions.list(params)):
        with complete():
            snapshot = payment_snapshot(session, (), ())
            metadata = metadata_of(session)
        yield Listed(
            snapshot=snapshot,
            checkout_reference=snapshot.checkout_reference,
            payment_reference=snapshot.payment_reference,
            metadata=metadata,
        )


def refunds_list(client: stripe.StripeClient, since: datetime) -> Iterator[Listed[RefundSnapshot]]:
    """Yield the refunds."""
    params: Any = _since(since)
    for refund in _every(lambda: client.v1.refunds.list(params)):
        with complete():
            snapshot = refund_snapshot(refund)
            payment = reference_of(refund.payment_intent)
        yield Listed(snapshot=snapshot, payment_reference=payment)


def disputes_list(
    client: stripe.StripeClient, since: datetime
) -> Iterator[Listed[DisputeSnapshot]]:
    """Yield the disputes."""
    params: Any = _since(since)
    for dispute in _every(lambda: client.v1.disputes.list(params)):
        with complete():
            snapshot = dispute_snapshot(dispute)
            payment = reference_of(dispute.payment_intent)
        yield Listed(snapshot=snapshot, payment_reference=payment)


def events_missed(client: stripe.StripeClient, since: datetime) -> Iterator[MissedEvent]:
    """Yield the events that no endpoint took: https://docs.stripe.com/webhooks/process-undelivered-events."""
    params: Any = {**_since(since), "delivery_success": False, "types": list(EVENTS)}
    for event in _every(lambda: client.v1.events.list(params)):
        body = json.dumps(event.to_dict())
        with complete():
            notice = notice_of(json.loads(body))
        yield MissedEvent(notice, body.encode())


def _since(since: datetime) -> dict[str, Any]:
    return {"created": {"gte": int(since.timestamp())}, "limit": PAGE}


def _every(first_page: Any) -> Iterator[Any]:
    """Yield everything of a list. Every page is asked for through ``ask``, for its errors."""
    things: Iterable[Any] = ask(first_page).auto_paging_iter()
    walk, end = iter(things), object()
    while (thing := ask(lambda: next(walk, end))) is not end:
        yield thing
