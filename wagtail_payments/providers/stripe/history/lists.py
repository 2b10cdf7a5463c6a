"""Stripe's lists since a time, page by page: https://docs.stripe.com/api/pagination."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import stripe

from wagtail_payments.providers.exceptions import AnswerIncomplete
from wagtail_payments.providers.stripe.client import ask
from wagtail_payments.providers.stripe.events import EVENTS, notice_of
from wagtail_payments.providers.stripe.payments import EXPAND
from wagtail_payments.providers.stripe.responses import complete, metadata_of, reference_of
from wagtail_payments.providers.stripe.snapshots import (
    dispute_snapshot,
    payment_snapshot,
    refund_snapshot,
)
from wagtail_payments.providers.types import (
    DisputeSnapshot,
    Listed,
    MissedEvent,
    PaymentSnapshot,
    PayoutSnapshot,
    RefundSnapshot,
)

from .payouts import payout_snapshot

Entry = TypeVar("Entry")

PAGE = 100

logger = logging.getLogger(__name__)


def payments_list(
    client: stripe.StripeClient, since: datetime
) -> Iterator[Listed[PaymentSnapshot]]:
    """Yield the Checkout Sessions, with their payment intents, charges and fees."""
    params: Any = {**_since(since), "expand": [f"data.{path}" for path in EXPAND]}
    return _readable(every(lambda: client.v1.checkout.sessions.list(params)), _session)


def refunds_list(client: stripe.StripeClient, since: datetime) -> Iterator[Listed[RefundSnapshot]]:
    """Yield the refunds."""
    params: Any = _since(since)
    return _readable(every(lambda: client.v1.refunds.list(params)), _refund)


def disputes_list(
    client: stripe.StripeClient, since: datetime
) -> Iterator[Listed[DisputeSnapshot]]:
    """Yield the disputes."""
    params: Any = _since(since)
    return _readable(every(lambda: client.v1.disputes.list(params)), _dispute)


def payouts_list(client: stripe.StripeClient, since: datetime) -> Iterator[PayoutSnapshot]:
    """Yield the payouts."""
    params: Any = _since(since)
    return _readable(every(lambda: client.v1.payouts.list(params)), payout_snapshot)


def events_missed(client: stripe.StripeClient, since: datetime) -> Iterator[MissedEvent]:
    """Yield the undelivered events: https://docs.stripe.com/webhooks/process-undelivered-events."""
    params: Any = {**_since(since), "delivery_success": False, "types": list(EVENTS)}
    return _readable(every(lambda: client.v1.events.list(params)), _event)


def _session(session: Any) -> Listed[PaymentSnapshot]:
    snapshot = payment_snapshot(session, (), ())
    return Listed(
        snapshot=snapshot,
        checkout_reference=snapshot.checkout_reference,
        payment_reference=snapshot.payment_reference,
        metadata=metadata_of(session),
    )


def _refund(refund: Any) -> Listed[RefundSnapshot]:
    reference = reference_of(refund.payment_intent)
    return Listed(snapshot=refund_snapshot(refund), payment_reference=reference)


def _dispute(dispute: Any) -> Listed[DisputeSnapshot]:
    reference = reference_of(dispute.payment_intent)
    return Listed(snapshot=dispute_snapshot(dispute), payment_reference=reference)


def _event(event: Any) -> MissedEvent:
    # Numbers that JSON lacks, as in tax rates, become texts.
    body = json.dumps(event.to_dict(), default=str)
    return MissedEvent(notice_of(json.loads(body)), body.encode())


def _readable(items: Iterable[Any], read: Callable[[Any], Entry]) -> Iterator[Entry]:
    """Yield the readable objects. Objects of other software in the account may lack fields of ours.

    A payment of ours that cannot be read is missing from the list, and so polled by itself.
    """
    for obj in items:
        try:
            with complete():
                entry = read(obj)
        except AnswerIncomplete as error:
            logger.info("%s is left out: %s", obj.id, error)
            continue
        yield entry


def _since(since: datetime) -> dict[str, Any]:
    return {"created": {"gte": int(since.timestamp())}, "limit": PAGE}


def every(first_page: Any) -> Iterator[Any]:
    """Yield all objects of a list. Each page is requested through ``ask``, which maps errors."""
    items: Iterable[Any] = ask(first_page).auto_paging_iter()
    walk, end = iter(items), object()
    while (obj := ask(lambda: next(walk, end))) is not end:
        yield obj
