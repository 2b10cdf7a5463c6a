"""Sums of the sums by day: by day, week, month or year, and by product, page or method."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import repeat
from operator import add
from typing import Any

from django.db.models import CharField, F, Max, QuerySet, Sum, Value
from django.db.models.functions import Cast, Left

from ..enums import RevenueSplit, RevenueUnit
from ..models import DailyRevenue

FIGURES = ("payments", "gross", "refunds", "refunded", "disputed", "fees", "tax")

Row = tuple[Any, ...]
"""Currency, first day of the stretch, key of what is split by, its name, and then the figures."""

_NAME = 3
"""Where the name stands in a row; what is before it tells rows apart."""


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


def revenue_rows(found: QuerySet[DailyRevenue], unit: str, split: str) -> list[Row]:
    """Return the sums of ``found``, one for each of ``unit`` and ``split`` in each currency."""
    begins = _BEGINS.get(unit, lambda stretch: None)
    rows = [
        (currency, begins(stretch), *rest)
        for currency, stretch, *rest in _summed(found, unit, split)
    ]
    return _added(rows) if unit == RevenueUnit.WEEK else rows


def share_rows(found: QuerySet[DailyRevenue]) -> tuple[list[Row], list[Row]]:
    """Return the sums of ``found`` by product, and by method, read in one go."""
    rows = _summed(found, RevenueUnit.TOTAL, RevenueSplit.PRODUCT, RevenueSplit.METHOD)
    products = [(currency, None, *row[1:3], *row[5:]) for currency, *row in rows]
    methods = [(currency, None, *row[3:]) for currency, *row in rows]
    return _added(products), _added(methods)


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
