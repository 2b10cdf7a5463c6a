"""Computes daily totals from the raw rows."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf

from wagtail_payments.enums import GIVEN_BACK_STATUSES, UNFINISHED_STATUSES, PaymentStatus
from wagtail_payments.models import DailyRevenue, Dispute, Payment, RefundMovement
from wagtail_payments.utils.dates import day_begins, days_of, moments_of

_KEYS = ("mode", "currency", "product_key", "page_id", "method_type")
_TITLES = ("title", "page_title")

Key = tuple[Any, ...]
Sums = Iterator[dict[str, Any]]


def days_sums(first: date, last: date) -> dict[date, list[DailyRevenue]]:
    """Return the correct rows of each day from ``first`` to ``last``, not saved.

    All days are read at once, because one day is not faster than a month.
    """
    days = list(days_of(first, last))
    rows: dict[date, dict[Key, DailyRevenue]] = {day: {} for day in days}
    for found in _movements(days):
        day = days[found.pop("day")]
        key = tuple(found.pop(name) for name in _KEYS)
        row = rows[day].get(key) or rows[day].setdefault(key, _empty(day, key))
        for name in _TITLES:
            setattr(row, name, max(getattr(row, name), found.pop(name) or ""))
        for name, value in found.items():
            setattr(row, name, getattr(row, name) + (value or 0))
    return {day: list(found.values()) for day, found in rows.items()}


def _empty(day: date, key: Key) -> DailyRevenue:
    return DailyRevenue(day=day, **dict(zip(_KEYS, key, strict=True)))


def _movements(days: list[date]) -> Sums:
    """Yield the totals of movements by day and key. Money that goes out is negative."""
    paid = Payment.objects.filter(status=PaymentStatus.SUCCEEDED)
    back = Dispute.objects.filter(status__in=GIVEN_BACK_STATUSES)
    yield from _started(_OnDays(Payment.objects.all(), "created_at", days))
    yield from _paid(_OnDays(paid, "paid_at", days))
    yield from _fees(_OnDays(paid.filter(fee__gt=0), "paid_at", days))
    yield from _refunds(_OnDays(RefundMovement.objects.all(), "moved_at", days))
    yield from _disputes(_OnDays(Dispute.objects.all(), "created_at", days), sign=1)
    yield from _disputes(_OnDays(back, "closed_at", days), sign=-1)


class _OnDays:
    """The rows whose ``moment`` is on one of the consecutive ``days``.

    The database compares with the boundaries of the days, so it does not need the time zone.
    """

    def __init__(self, rows: QuerySet[Any], moment: str, days: list[date]) -> None:
        begin, end = moments_of(days[0], days[-1])
        self.rows = rows.filter(**{f"{moment}__gte": begin, f"{moment}__lt": end}).order_by()
        ends = [day_begins(day) for day in days[1:]]
        before = [When(**{f"{moment}__lt": end}, then=Value(n)) for n, end in enumerate(ends)]
        self.day = Case(*before, default=Value(len(ends)), output_field=IntegerField())


def _started(payments: _OnDays) -> Sums:
    return _grouped(
        payments,
        started=Count("pk"),
        ended=Count("pk", filter=~Q(status__in=UNFINISHED_STATUSES)),
        succeeded=Count("pk", filter=Q(status=PaymentStatus.SUCCEEDED)),
    )


def _paid(payments: _OnDays) -> Sums:
    return _grouped(
        payments, payments=Count("pk"), gross=Sum("captured_amount"), tax=Sum("tax_amount")
    )


def _fees(payments: _OnDays) -> Sums:
    """Sum up fees in the currency that the provider charges them in."""
    return _grouped(payments, currency=_or_currency("fee_currency", "currency"), fees=Sum("fee"))


def _refunds(moved: _OnDays) -> Sums:
    """Sum up refunds and their reversals. A refund is counted on the day of its first movement."""
    return _grouped(
        moved,
        through="refund__payment__",
        refunds=Count("pk", filter=Q(turn=1)),
        refunded=Sum("amount"),
    )


def _disputes(disputes: _OnDays, *, sign: int) -> Sums:
    return _grouped(
        disputes,
        through="payment__",
        currency=_or_currency("currency", "payment__currency"),
        disputed=sign * Sum("amount"),
    )


def _or_currency(name: str, payments: str) -> Coalesce:
    """Return the column ``name``, or the payment's currency if it is empty."""
    return Coalesce(NullIf(F(name), Value("")), F(payments))


def _grouped(on_days: _OnDays, *, through: str = "", currency: Any = None, **sums: Any) -> Sums:
    """Yield ``sums`` by day and by the keys of the payments that ``through`` leads to."""
    columns: dict[str, Any] = {name: F(f"{through}{name}") for name in _KEYS}
    columns["page_id"] = Coalesce(columns["page_id"], Value(0))
    columns["currency"] = currency or columns["currency"]
    titles = {name: Max(f"{through}{name}") for name in _TITLES}
    keys = {f"key_{name}": column for name, column in {"day": on_days.day, **columns}.items()}
    found = on_days.rows.values(**keys).annotate(
        **{f"sum_{n}": s for n, s in (titles | sums).items()}
    )
    return (
        {name.partition("_")[2]: value for name, value in row.items()} for row in found.iterator()
    )
