"""Reads of what came in, from the sums by day: never across currencies, never test and live mixed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum
from django.db.models.expressions import Combinable, F
from django.db.models.functions import TruncMonth, TruncWeek, TruncYear
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..enums import RevenueSplit, RevenueUnit
from ..models import DailyRevenue
from ..money import format_amount
from ..permissions import may_view_all_payments, revenue_of_products
from .caching import cached_sums
from .method_names import method_name
from .periods import Period

FIGURES = ("payments", "gross", "refunds", "refunded", "disputed", "fees", "tax")

_PERIODS: dict[str, Combinable] = {
    RevenueUnit.DAY: F("day"),
    RevenueUnit.WEEK: TruncWeek("day"),
    RevenueUnit.MONTH: TruncMonth("day"),
    RevenueUnit.YEAR: TruncYear("day"),
}
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
    if not may_view_all_payments(user):
        return _lines(user, period, unit, split)
    days = (period.first, period.last, period.mode)
    return cached_sums(
        ("lines", *days, unit, split, get_language()), lambda: _lines(user, period, unit, split)
    )


def _lines(user: Any, period: Period, unit: str, split: str) -> list[Revenue]:
    columns: dict[str, Any] = {}
    if unit in _PERIODS:
        columns["begins"] = _PERIODS[unit]
    found = _rows(user, period)
    key, title = _SPLITS.get(split, ("", ""))
    if key:
        columns["key"] = F(key)
    titles = {"named": Max(title)} if title else {}
    sums = {f"sum_{name}": Sum(name) for name in FIGURES}
    order = ["currency", *(name for name in ("begins", "named") if name in {**columns, **titles})]
    grouped: Iterable[Any] = (
        found.values("currency", **columns).annotate(**titles, **sums).order_by(*order)
    )
    return [line for row in grouped if (line := _line(row, split)) is not None]


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
    """Return the part of ``period`` that begins when something was first sold, for "all years"."""
    rows = DailyRevenue.objects.filter(revenue_of_products(user), mode=period.mode)
    first = rows.aggregate(first=Min("day"))["first"] or period.last
    return replace(period, first=min(max(first, period.first), period.last))


def _rows(user: Any, period: Period) -> QuerySet[DailyRevenue]:
    days = {"day__gte": period.first, "day__lte": period.last}
    return DailyRevenue.objects.filter(revenue_of_products(user), mode=period.mode, **days)


def _line(row: dict[str, Any], split: str) -> Revenue | None:
    """Return the line, None where no money moved: payments that were only begun are counted too."""
    figures = {name: row[f"sum_{name}"] for name in FIGURES}
    if not any(figures.values()):
        return None
    return Revenue(
        currency=row["currency"],
        begins=row.get("begins"),
        key=row.get("key"),
        title=_title(row, split),
        **figures,
    )


def _title(row: dict[str, Any], split: str) -> str:
    if split == RevenueSplit.METHOD:
        return method_name(row["key"])
    if split == RevenueSplit.PAGE:
        return row["named"] or _("No page")
    return row.get("named") or ""
