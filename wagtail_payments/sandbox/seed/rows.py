"""The rows of one sale: the payment, what followed it, and its timeline."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from wagtail_payments.enums import CheckoutUI, EventKind, EventSource, Mode, PaymentStatus
from wagtail_payments.money import included_tax

from .aftermath import Claim, GivenBack
from .people import Person
from .sales import Sale
from .tables import Row

SANDBOX = {"provider": "sandbox", "mode": Mode.TEST}
"""Of whom all of it is: the pretend company, under its usual name."""

_FEE_SHARE, _FEE_FIXED = 0.015, 25
_NEVER = timedelta(days=36_500)


def new_uuid(chance: Random) -> UUID:
    """Return an id that the same seed makes again."""
    return UUID(int=chance.getrandbits(128), version=4)


def payment_row(pk: int, sale: Sale, payer: Person, back: GivenBack | None, ids: Random) -> Row:
    """Return the payment. Nobody is ever asked about it: it has no provider's reference."""
    amount, paid, method = sale.amount, sale.paid, sale.method
    known = paid or sale.status == PaymentStatus.PROCESSING
    return {
        **SANDBOX,
        **sale.offer.fields,
        "id": pk,
        "public_id": new_uuid(ids),
        "attempt_key": f"seed-{pk}",
        "terms_digest": "",
        "status": sale.status,
        "review_reason": sale.review,
        "failure_reason": sale.declined if sale.status == PaymentStatus.FAILED else "",
        "unit_amount": sale.unit_amount,
        "quantity": sale.quantity,
        "amount": amount,
        "tax_amount": included_tax(amount, sale.offer.tax_rate),
        "payer_name": payer.name,
        "payer_email": payer.email,
        "ui": CheckoutUI.INLINE if ids.random() < 0.8 else CheckoutUI.HOSTED,  # noqa: PLR2004
        "method_type": method.type if known else "",
        "method_brand": method.brand if known else "",
        "method_last4": f"{ids.randrange(10_000):04d}" if known and method.has_digits else "",
        "fee": round(amount * _FEE_SHARE) + _FEE_FIXED if paid else None,
        "captured_amount": amount if paid else 0,
        "refunded_amount": back.counted if back else 0,
        "created_at": sale.started,
        "expires_at": sale.expires,
        "next_check_at": None,
        "paid_at": sale.finished if paid else None,
    }


def refund_row(pk: int, payment_pk: int, back: GivenBack, ids: Random) -> Row:
    """Return a refund of a payment."""
    return {
        **SANDBOX,
        "id": pk,
        "public_id": new_uuid(ids),
        "payment_id": payment_pk,
        "status": back.status,
        "amount": back.amount,
        "reason": back.reason,
        "next_attempt_at": back.requested + _NEVER,
        "created_at": back.requested,
        "settled_at": back.settled,
    }


def movement_rows(refund_pk: int, back: GivenBack) -> list[Row]:
    """Return what a refund moved: there, and maybe back again."""
    moved = ((back.amount, back.succeeded), (-back.amount, back.reversed))
    return [
        {"refund_id": refund_pk, "turn": turn, "amount": amount, "moved_at": moment}
        for turn, (amount, moment) in enumerate(moved, 1)
        if moment
    ]


def dispute_row(pk: int, sale: Sale, about: Claim) -> Row:
    """Return a dispute of payment ``pk``."""
    return {
        **SANDBOX,
        "payment_id": pk,
        "reference": f"dp_seed_{pk}",
        "status": about.status,
        "amount": sale.amount,
        "currency": sale.offer.currency,
        "reason": "fraudulent" if pk % 2 else "product_not_received",
        "due_by": about.due,
        "created_at": about.opened,
        "closed_at": about.closed,
    }


def timeline_rows(pk: int, sale: Sale) -> list[Row]:
    """Return how the payment itself went, line by line; its receipt's line comes with the receipt."""
    lines = [
        event_row(pk, EventKind.CREATED, EventSource.VISITOR, sale.started, amount=sale.amount)
    ]
    if sale.declined:
        when = sale.started + timedelta(seconds=20)
        text = {"reference": f"past_{pk}", "reason": sale.declined}
        lines.append(
            event_row(pk, EventKind.ATTEMPT_DECLINED, EventSource.PROVIDER, when, data=text)
        )
    lines.append(_status_row(pk, sale))
    return lines


def _status_row(pk: int, sale: Sale) -> Row:
    unpaid = sale.status in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}
    before = PaymentStatus.CREATED if unpaid else PaymentStatus.PENDING
    source = EventSource.SWEEP if sale.status == PaymentStatus.EXPIRED else EventSource.PROVIDER
    when = sale.started + timedelta(seconds=1) if unpaid else sale.finished
    data = {"before": before.value, "after": sale.status.value}
    return event_row(pk, EventKind.STATUS_CHANGED, source, when, data=data)


def refund_events(refund: Row) -> list[Row]:
    """Return what the timeline says about a refund."""
    pk, amount = refund["payment_id"], refund["amount"]
    about = {"refund": str(refund["public_id"])}
    asked = {**about, "reason": refund["reason"] or "requested_by_customer"}
    lines = [
        event_row(
            pk,
            EventKind.REFUND_REQUESTED,
            EventSource.STAFF,
            refund["created_at"],
            amount=amount,
            data=asked,
        )
    ]
    if when := refund["settled_at"]:
        now = {**about, "status": refund["status"].value, "reason": ""}
        lines.append(
            event_row(
                pk, EventKind.REFUND_CHANGED, EventSource.PROVIDER, when, amount=amount, data=now
            )
        )
    return lines


def dispute_event(dispute: Row) -> Row:
    """Return what the timeline says about a dispute."""
    data = {
        "currency": dispute["currency"],
        "status": dispute["status"].value,
        "reason": dispute["reason"],
    }
    return event_row(
        dispute["payment_id"],
        EventKind.DISPUTE_CHANGED,
        EventSource.PROVIDER,
        dispute["closed_at"] or dispute["created_at"],
        amount=dispute["amount"],
        data=data,
    )


def event_row(
    pk: int,
    kind: EventKind,
    source: EventSource,
    when: datetime,
    *,
    amount: int | None = None,
    data: dict[str, Any] | None = None,
) -> Row:
    """Return one line of a timeline."""
    return {
        "payment_id": pk,
        "kind": kind,
        "source": source,
        "amount": amount,
        "data": data or {},
        "created_at": when,
    }
