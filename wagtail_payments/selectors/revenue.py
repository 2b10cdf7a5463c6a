"""Reads of what came in, from the sums by day: never across currencies, never test and live mixed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..enums import RevenueSplit, RevenueUnit
from ..method_names import method_name
from ..models import DailyRevenue
from ..money import format_amount
from ..permissions import may_view_all_payments, revenue_of_products
from .caching import cached_sums
from .periods import EARLIEST, Period

FIGURES = ("payments", "gross", "refunds", "refunded", "disputed", "fees", "tax")

_BEGINS: dict[str, Callable[[date], date]] = {
    RevenueUnit.DAY: lambda day: day,
    RevenueUnit.WEEK: lambda day: day - timedelta(days=day.weekday()),
    RevenueUnit.MONTH: lambda day: day.replace(day=1),
    RevenueUnit.YEAR: lambda day: day.replace(month=1, day=1),
}
"""The first day of the stretch in which a day is; weeks begin on Mondays (ISO 8601)."""

_SPLITS: dict[str, tuple[str, str]] = {
    RevenueSplit.PRODUCT: ("product_key", "title"),
    RevenueSplit.PAGE: ("page_id", "page_title"),
    RevenueSplit.METHOD: ("method_type", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """What came in and went out, in minor units of ``currency``.

    ``begins`` is the first day of a week, month or year, None for all of a period. ``key`` is what it
    is split by: a product's key, a page's id or a method; ``title`` is its name.
    """

    currency: str
    begins: date | None = None
    key: Any = None
    title: str = ""
    payments: int = 0
    gross: int = 0
    refunds: int = 0
    refunded: int = 0
    disputed: int = 0
    fees: int = 0
    tax: int = 0

    @property
    def net(self) -> int:
        """What is left: gross without refunds, disputed money and fees."""
        return self.gross - self.refunded - self.disputed - self.fees

    @property
    def average(self) -> int | None:
        """What a payment brings on average, None where there was none."""
        return round(self.gross / self.payments) if self.payments else None

    def display(self, name: str) -> str:
        """Return one of the figures as people write it."""
        value = getattr(self, name)
        return "" if value is None else format_amount(value, self.currency)


def revenue_lines(
    user: Any,
    period: Period,
    *,
    unit: str = RevenueUnit.TOTAL,
    split: str = RevenueSplit.NONE,
) -> list[Revenue]:
    """Return what came in during ``period`` from the products whose payments ``user`` may see.

    One line a currency, and for each of ``unit`` and ``split`` that is asked for.
    """
    many = unit in (RevenueUnit.DAY, RevenueUnit.WEEK) and split != RevenueSplit.NONE
    # Thousands of lines are sooner read anew than packed for a cache.
    if many or not may_view_all_payments(user):
        return _lines(user, period, unit, split)
    days = (period.first, period.last, period.mode)
    return cached_sums(
        ("lines", *days, unit, split, get_language()), lambda: _lines(user, period, unit, split)
    )


def _lines(user: Any, period: Period, unit: str, split: str) -> list[Revenue]:
    """Return the lines, sorted by currency, time and title.

    The database sums up by day, and here days become weeks, months and years: SQLite has no such
    function of its own, and would ask Python about each row.
    """
    key, title = _SPLITS.get(split, ("", ""))
    found = _rows(user, period)
    columns = ["currency", *(["day"] if unit in _BEGINS else []), *([key] if key else [])]
    sums: dict[tuple[Any, ...], list[int]] = {}
    for row in found.values_list(*columns).annotate(*map(Sum, FIGURES)).order_by().iterator():
        names, figures = row[: len(columns)], row[len(columns) :]
        at = (names[0], _BEGINS[unit](names[1]), *names[2:]) if unit in _BEGINS else names
        before = sums.get(at)
        sums[at] = [a + b for a, b in zip(before, figures, strict=True)] if before else [*figures]
    titles = _titles(found, split, key, title)
    lines = [_line(at, figures, unit, key, titles) for at, figures in sums.items() if any(figures)]
    return sorted(lines, key=lambda line: (line.currency, line.begins or date.min, line.title))


def _line(
    at: tuple[Any, ...], figures: list[int], unit: str, key: str, titles: dict[Any, str]
) -> Revenue:
    by = at[-1] if key else None
    return Revenue(
        currency=at[0],
        begins=at[1] if unit in _BEGINS else None,
        key=by,
        title=titles.get(by, "") if key else "",
        **dict(zip(FIGURES, figures, strict=True)),
    )


def _titles(found: QuerySet[DailyRevenue], split: str, key: str, title: str) -> dict[Any, str]:
    """Return the names of what is split by."""
    if not key:
        return {}
    if split == RevenueSplit.METHOD:
        methods = found.order_by().values_list(key, flat=True).distinct()
        return {method: method_name(method) for method in methods}
    named = found.order_by().values_list(key).annotate(Max(title))
    nameless = _("No page") if split == RevenueSplit.PAGE else ""
    return {by: name or nameless for by, name in named}


def revenue_totals(lines: Iterable[Revenue]) -> list[Revenue]:
    """Return the sums of ``lines``, one a currency."""
    totals: dict[str, dict[str, Any]] = {}
    for line in lines:
        sums = totals.setdefault(line.currency, dict.fromkeys(FIGURES, 0))
        for name in FIGURES:
            sums[name] += getattr(line, name)
    return [Revenue(currency=currency, **sums) for currency, sums in totals.items()]


def success_rate(user: Any, period: Period) -> tuple[int, int]:
    """Return how many of the payments begun in ``period`` were paid, and how many are over."""
    sums = _rows(user, period).aggregate(paid=Sum("succeeded"), over=Sum("ended"))
    return sums["paid"] or 0, sums["over"] or 0


def revenue_period(user: Any, period: Period) -> Period:
    """Return ``period``; where it is all years, the part that begins when something was first sold."""
    if period.first > EARLIEST:
        return period
    rows = DailyRevenue.objects.filter(revenue_of_products(user), mode=period.mode)
    first = rows.aggregate(first=Min("day"))["first"] or period.last
    return replace(period, first=min(max(first, period.first), period.last))


def _rows(user: Any, period: Period) -> QuerySet[DailyRevenue]:
    days = {"day__gte": period.first, "day__lte": period.last}
    return DailyRevenue.objects.filter(revenue_of_products(user), mode=period.mode, **days)
