"""One day's sums, made from the raw rows."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from ...enums import UNFINISHED_STATUSES, DisputeStatus, PaymentStatus
from ...models import DailyRevenue, Dispute, Payment, Refund
from ...selectors.days import moments_of

_KEYS = ("mode", "currency", "product_key", "page_id", "method_type")
_TITLES = ("title", "page_title")

Key = tuple[Any, ...]
Sums = Iterator[dict[str, Any]]


def day_sums(day: date) -> list[DailyRevenue]:
    """Return the rows of ``day`` as they should be, not saved, in the order of their keys."""
    rows: dict[Key, DailyRevenue] = {}
    for found in _movements(day):
        key = tuple(found.pop(name) for name in _KEYS)
        row = rows.get(key) or rows.setdefault(key, _empty(day, key))
        for name in _TITLES:
            setattr(row, name, max(getattr(row, name), found.pop(name) or ""))
        for name, value in found.items():
            setattr(row, name, getattr(row, name) + (value or 0))
    return [rows[key] for key in sorted(rows, key=str)]


def _empty(day: date, key: Key) -> DailyRevenue:
    return DailyRevenue(day=day, **dict(zip(_KEYS, key, strict=True)))


def _movements(day: date) -> Sums:
    """Yield what moved, summed up for each key. Going out again is a row with the sign turned."""
    begin, end = moments_of(day, day)

    def on_day(name: str) -> Q:
        return Q(**{f"{name}__gte": begin, f"{name}__lt": end})

    yield from _started(Payment.objects.filter(on_day("created_at")))
    paid = Payment.objects.filter(on_day("paid_at"), status=PaymentStatus.SUCCEEDED)
    yield from _paid(paid)
    yield from _fees(paid.filter(fee__gt=0))
    yield from _refunds(Refund.objects.filter(on_day("succeeded_at")), sign=1)
    yield from _refunds(Refund.objects.filter(on_day("reversed_at")), sign=-1)
    yield from _disputes(Dispute.objects.filter(on_day("created_at")), sign=1)
    won = Dispute.objects.filter(on_day("closed_at"), status=DisputeStatus.WON)
    yield from _disputes(won, sign=-1)


def _started(payments: QuerySet[Payment]) -> Sums:
    return _grouped(
        payments,
        started=Count("pk"),
        ended=Count("pk", filter=~Q(status__in=UNFINISHED_STATUSES)),
        succeeded=Count("pk", filter=Q(status=PaymentStatus.SUCCEEDED)),
    )


def _paid(payments: QuerySet[Payment]) -> Sums:
    return _grouped(
        payments, payments=Count("pk"), gross=Sum("captured_amount"), tax=Sum("tax_amount")
    )


def _fees(payments: QuerySet[Payment]) -> Sums:
    """Sum up fees in the currency in which the provider takes them."""
    return _grouped(payments, currency=_or_currency("fee_currency", "currency"), fees=Sum("fee"))


def _refunds(refunds: QuerySet[Refund], *, sign: int) -> Sums:
    counted = {"refunds": Count("pk")} if sign > 0 else {}
    return _grouped(refunds, through="payment__", refunded=sign * Sum("amount"), **counted)


def _disputes(disputes: QuerySet[Dispute], *, sign: int) -> Sums:
    return _grouped(
        disputes,
        through="payment__",
        currency=_or_currency("currency", "payment__currency"),
        disputed=sign * Sum("amount"),
    )


def _or_currency(name: str, payments: str) -> Coalesce:
    """Return ``name``, or the payment's currency where that is empty."""
    return Coalesce(NullIf(F(name), Value("")), F(payments))


def _grouped(rows: Any, *, through: str = "", currency: Any = None, **sums: Any) -> Sums:
    """Return ``sums`` for each key of the payments to which ``through`` leads from ``rows``."""
    columns: dict[str, Any] = {name: F(f"{through}{name}") for name in _KEYS}
    columns["page_id"] = Coalesce(columns["page_id"], Value(0))
    columns["currency"] = currency or columns["currency"]
    titles = {name: Max(f"{through}{name}") for name in _TITLES}
    keys = {f"key_{name}": column for name, column in columns.items()}
    found = (
        rows.order_by()
        .values(**keys)
        .annotate(**{f"sum_{n}": s for n, s in (titles | sums).items()})
    )
    return (
        {name.partition("_")[2]: value for name, value in row.items()} for row in found.iterator()
    )
