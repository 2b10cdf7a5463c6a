"""Ledger entries in the order of time: each source is read by its own index, then they are merged.

An entry is signed: below zero, money leaves. It counts on the day on which it happened.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from wagtail_payments.enums import GIVEN_BACK_STATUSES, PaymentStatus, PayoutStatus
from wagtail_payments.models import CreditNote, Dispute, Payment, Payout, RefundMovement
from wagtail_payments.permissions import exportable_payments, may_export_all
from wagtail_payments.selectors.revenue.periods import Period

from .batches import rows_in_batches


class Movement(NamedTuple):
    """One ledger entry. The first four columns are its sort key; amounts are minor units of ``currency``.

    The data of the payment is empty for payouts.
    """

    moment: datetime
    source: int
    row: int
    line: int
    kind: str
    amount: int
    currency: str
    tax: int | None = None
    document: str = ""
    reference: str = ""
    provider: str = ""
    mode: str = ""
    transaction: str = ""
    product: str = ""
    method: str = ""


Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Source:
    """One source: its rows, their time, the values that are read, and the entries built from them."""

    rows: QuerySet[Any]
    at: str
    names: Sequence[str]
    read: Callable[[Values], Iterator[Values]]

    def movements(self, place: int) -> Iterator[Movement]:
        """Yield the entries; ``place`` is the position of this source in the sort key."""
        for moment, pk, *values in rows_in_batches(
            self.rows, (self.at, "pk", *self.names), by=self.at
        ):
            row = dict(zip(self.names, values, strict=True))
            for line, fields in enumerate(self.read(row)):
                yield Movement(moment, place, pk, line, **fields)


def movements(user: Any, period: Period) -> Iterator[Movement]:
    """Yield the ledger entries of ``period`` that ``user`` may export, the oldest first."""
    sources = _sources(user, period)
    return heapq.merge(*(source.movements(place) for place, source in enumerate(sources)))


def movements_count(user: Any, period: Period) -> int:
    """Return the number of these entries."""
    fees = _paid_within(user, period).filter(fee__gt=0).count()
    return fees + sum(source.rows.count() for source in _sources(user, period))


def _sources(user: Any, period: Period) -> list[_Source]:
    """Return the sources. Payouts belong to all payments, so they need access to all."""
    everything = may_export_all(user)
    mine = None if everything else exportable_payments(user).order_by().values("pk")
    disputes = Dispute.objects.all() if mine is None else Dispute.objects.filter(payment__in=mine)
    back = disputes.filter(status__in=GIVEN_BACK_STATUSES)
    sources = [
        _Source(_paid_within(user, period), "paid_at", _PAYMENT, _paid),
        _Source(_refunds_moved(mine, period), "moved_at", _REFUND, _refunded),
        _Source(_within(disputes, "created_at", period), "created_at", _DISPUTE, _disputed),
        _Source(_within(back, "closed_at", period), "closed_at", _DISPUTE, _dispute_back),
    ]
    if everything:
        sent = _within(Payout.objects.exclude(status__in=_CAME_TO_NOTHING), "created_at", period)
        sources.append(_Source(sent, "created_at", _PAYOUT, _paid_out))
    return sources


def _paid_within(user: Any, period: Period) -> QuerySet[Payment]:
    paid = exportable_payments(user).filter(status=PaymentStatus.SUCCEEDED)
    return _within(paid, "paid_at", period)


def _within(rows: QuerySet[Any], name: str, period: Period) -> QuerySet[Any]:
    begin, end = period.moments
    return rows.filter(mode=period.mode, **{f"{name}__gte": begin, f"{name}__lt": end})


def _refunds_moved(mine: QuerySet[Any] | None, period: Period) -> QuerySet[RefundMovement]:
    """Return the movements of refunds, each with the number and the tax of its credit note."""
    begin, end = period.moments
    moved = RefundMovement.objects.filter(moved_at__gte=begin, moved_at__lt=end)
    if mine is not None:
        moved = moved.filter(refund__payment__in=mine)
    notes = CreditNote.objects.filter(refund=OuterRef("refund"), turn=OuterRef("turn"))
    return moved.filter(refund__mode=period.mode).annotate(
        note_code=Subquery(notes.values("code")), note_data=Subquery(notes.values("data"))
    )


_CAME_TO_NOTHING = (PayoutStatus.FAILED, PayoutStatus.CANCELED)
_ABOUT = {
    "transaction": "public_id",
    "product": "title",
    "method": "method_type",
    "provider": "provider",
    "mode": "mode",
}
"""The columns of an entry about its payment, and those of the payment."""

_THROUGH = [f"payment__{name}" for name in _ABOUT.values()]
_PAYMENT = [
    *_ABOUT.values(),
    "captured_amount",
    "currency",
    "tax_amount",
    "fee",
    "fee_currency",
    "receipt__code",
    "payment_reference",
]
_REFUND = [
    *(f"refund__{name}" for name in _THROUGH),
    "amount",
    "refund__payment__currency",
    "refund__payment__tax_amount",
    "refund__payment__captured_amount",
    "refund__reference",
    "note_code",
    "note_data",
]
_DISPUTE = [*_THROUGH, "amount", "currency", "payment__currency", "reference"]
_PAYOUT = ["amount", "currency", "reference", "provider", "mode"]


def _about(row: Values, through: str = "") -> Values:
    fields = {name: row[f"{through}{column}"] for name, column in _ABOUT.items()}
    fields["transaction"] = str(fields["transaction"])
    return fields


def _paid(row: Values) -> Iterator[Values]:
    """Yield a payment and its fee, with the same time."""
    about = {**_about(row), "reference": row["payment_reference"] or ""}
    yield {
        **about,
        "kind": "payment",
        "amount": row["captured_amount"],
        "currency": row["currency"],
        "tax": row["tax_amount"],
        "document": row["receipt__code"] or "",
    }
    if row["fee"]:
        currency = row["fee_currency"] or row["currency"]
        yield {**about, "kind": "fee", "amount": -row["fee"], "currency": currency}


def _refunded(row: Values) -> Iterator[Values]:
    """Yield a refund or its reversal, with the sign turned: a refund is money that leaves."""
    sign = -1 if row["amount"] > 0 else 1
    yield {
        **_about(row, "refund__payment__"),
        "kind": "refund" if sign < 0 else "refund_back",
        "amount": -row["amount"],
        "currency": row["refund__payment__currency"],
        "tax": sign * _refunded_tax(row),
        "document": row["note_code"] or "",
        "reference": row["refund__reference"] or "",
    }


def _refunded_tax(row: Values) -> int:
    """Return the tax of the credit note, or without one the refund's share, rounded half up."""
    noted = (row["note_data"] or {}).get("tax_amount")
    if noted is not None:
        return int(noted)
    tax, of = (row[f"refund__payment__{name}"] for name in ("tax_amount", "captured_amount"))
    return (2 * tax * abs(row["amount"]) + of) // (2 * of) if of else 0


def _disputed(row: Values) -> Iterator[Values]:
    yield _dispute(row, "dispute", -1)


def _dispute_back(row: Values) -> Iterator[Values]:
    yield _dispute(row, "dispute_back", 1)


def _dispute(row: Values, kind: str, sign: int) -> Values:
    return {
        **_about(row, "payment__"),
        "kind": kind,
        "amount": sign * row["amount"],
        "currency": row["currency"] or row["payment__currency"],
        "reference": row["reference"],
    }


def _paid_out(row: Values) -> Iterator[Values]:
    yield {**row, "kind": "payout", "amount": -row["amount"]}
