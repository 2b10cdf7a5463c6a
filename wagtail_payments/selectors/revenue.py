"""Reads of what came in, from the sums by day: never across currencies, never test and live mixed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import repeat
from operator import add, attrgetter
from typing import Any, NamedTuple

from django.db.models import CharField, F, Max, Min, QuerySet, Sum, Value
from django.db.models.functions import Cast, Left
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..enums import RevenueSplit, RevenueUnit
from ..method_names import method_name
from ..models import DailyRevenue
from ..money import format_amount
from ..permissions import may_view_all_payments, revenue_of_products
from .caching import cached_sums
from .periods import Period

FIGURES = ("payments", "gross", "refunds", "refunded", "disputed", "fees", "tax")
_figures = attrgetter(*FIGURES)

Row = tuple[Any, ...]
"""Currency, stretch (or its first day), key of what is split by, its name, and then the figures."""
_NAME = 3

_BEGINS: dict[str, Callable[[Any], date]] = {
    RevenueUnit.DAY: lambda day: day,
    RevenueUnit.WEEK: lambda day: day - timedelta(days=day.weekday()),
    RevenueUnit.MONTH: lambda month: date.fromisoformat(f"{month}-01"),
    RevenueUnit.YEAR: lambda year: date.fromisoformat(f"{year}-01-01"),
}
"""The first day of a stretch, from what the database says of it; weeks begin on Mondays (ISO 8601)."""

_LETTERS = {RevenueUnit.MONTH: len("2026-11"), RevenueUnit.YEAR: len("2026")}

_SPLITS: dict[str, tuple[str, str]] = {
    RevenueSplit.PRODUCT: ("product_key", "title"),
    RevenueSplit.PAGE: ("page_id", "page_title"),
    RevenueSplit.METHOD: ("method_type", "method_type"),
}
"""The columns that a split is by, and that name it."""


class Revenue(NamedTuple):
    """What came in and went out, in minor units of ``currency``.

    ``begins`` is the first day of a day, week, month or year, None for all of a period; ``title``
    names the product, page or method that it is split by.
    """

    currency: str
    begins: date | None = None
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
    return cached_sums(
        ("lines", *_named(period), unit, split), lambda: _lines(user, period, unit, split)
    )


def revenue_shares(user: Any, period: Period) -> tuple[list[Revenue], list[Revenue]]:
    """Return what came in during ``period`` by product, and by method: read in one go."""
    if not may_view_all_payments(user):
        return _shares(user, period)
    return cached_sums(("shares", *_named(period)), lambda: _shares(user, period))


def _named(period: Period) -> tuple[Any, ...]:
    return period.first, period.last, period.mode, get_language()


def _lines(user: Any, period: Period, unit: str, split: str) -> list[Revenue]:
    begins = _BEGINS.get(unit, lambda stretch: None)
    found = _summed(_rows(user, period), unit, split)
    rows = [(currency, begins(stretch), *rest) for currency, stretch, *rest in found]
    return _named_lines(_added(rows) if unit == RevenueUnit.WEEK else rows, split)


def _shares(user: Any, period: Period) -> tuple[list[Revenue], list[Revenue]]:
    splits = RevenueSplit.PRODUCT, RevenueSplit.METHOD
    found = _summed(_rows(user, period), RevenueUnit.TOTAL, *splits)
    products = [(currency, None, *row[1:3], *row[5:]) for currency, *row in found]
    methods = [(currency, None, *row[3:]) for currency, *row in found]
    return _named_lines(_added(products), splits[0]), _named_lines(_added(methods), splits[1])


def _summed(found: QuerySet[DailyRevenue], unit: str, *splits: str) -> list[Row]:
    """Return currency, stretch, key and name of each of ``splits``, and figures, summed up.

    The database tells months and years apart by how their days are written: SQLite has no function of
    its own for that, and would ask Python about each row.
    """
    by: dict[str, Any] = {"stretch": _stretch(unit)}
    names: dict[str, Any] = {}
    for split in splits:
        key, name = _SPLITS.get(split, ("", ""))
        by[f"key_{split}"] = _text(key) if key else Value("")
        names[f"name_{split}"] = Max(name or Value(""))
    sums = {f"sum_{figure}": Sum(figure) for figure in FIGURES}
    summed = found.order_by().values("currency", **by).annotate(**names, **sums)
    both = [f"{what}_{split}" for split in splits for what in ("key", "name")]
    return list(summed.values_list("currency", "stretch", *both, *sums))


def _stretch(unit: str) -> Any:
    if unit in _LETTERS:
        return Left(_text("day"), _LETTERS[RevenueUnit(unit)])
    return F("day") if unit in _BEGINS else Value("")


def _text(column: str) -> Cast:
    return Cast(column, CharField(max_length=40))


def _added(rows: Iterable[Row]) -> list[Row]:
    """Add up the rows of the same currency, day and key."""
    sums: dict[Row, Row] = {}
    for row in rows:
        at, named = row[:_NAME], row[_NAME:]
        name, *before = sums.get(at, ("", *repeat(0, len(FIGURES))))
        sums[at] = (max(name, named[0]), *map(add, before, named[1:]))
    return [(*at, *named) for at, named in sums.items()]


def _named_lines(rows: list[Row], split: str) -> list[Revenue]:
    """Return the lines, sorted by currency, time and title."""
    titles = _titles(rows, split)
    lines = [
        Revenue(currency, begins, titles[key], *figures)
        for currency, begins, key, _name, *figures in rows
        if any(figures)
    ]
    return sorted(lines, key=lambda line: (line.currency, line.begins or date.min, line.title))


def _titles(rows: list[Row], split: str) -> dict[str, str]:
    """Return the names of what is split by, the same in each stretch: names may change in time."""
    names: dict[str, str] = {}
    for _currency, _begins, key, name, *_figures in rows:
        names[key] = max(names.get(key, ""), name)
    if split == RevenueSplit.METHOD:
        return {key: method_name(key) for key in names}
    nameless = _("No page") if split == RevenueSplit.PAGE else ""
    return {key: name or nameless for key, name in names.items()}


def revenue_totals(lines: Iterable[Revenue]) -> list[Revenue]:
    """Return the sums of ``lines``, one a currency."""
    figures: dict[str, list[Any]] = {}
    for line in lines:
        figures.setdefault(line.currency, []).append(_figures(line))
    return [
        Revenue(currency, None, "", *map(sum, zip(*found, strict=True)))
        for currency, found in figures.items()
    ]


def success_rate(user: Any, period: Period) -> tuple[int, int]:
    """Return how many of the payments begun in ``period`` were paid, and how many are over."""
    sums = _rows(user, period).aggregate(paid=Sum("succeeded"), over=Sum("ended"))
    return sums["paid"] or 0, sums["over"] or 0


def revenue_period(user: Any, period: Period) -> Period:
    """Return ``period``; where it is all years, the part that begins when something was first sold."""
    if not period.is_open:
        return period
    rows = DailyRevenue.objects.filter(revenue_of_products(user), mode=period.mode)
    first = rows.aggregate(first=Min("day"))["first"] or period.last
    return replace(period, first=min(max(first, period.first), period.last))


def _rows(user: Any, period: Period) -> QuerySet[DailyRevenue]:
    days = {"day__gte": period.first, "day__lte": period.last}
    return DailyRevenue.objects.filter(revenue_of_products(user), mode=period.mode, **days)
