"""Sums of the daily totals: by day, week, month or year, and by product, page or method."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import repeat
from operator import add
from typing import Any

from django.db.models import CharField, DateField, F, Max, QuerySet, Sum, Value
from django.db.models.functions import Cast, Trunc
from typing_extensions import override

from wagtail_payments.enums import RevenueSplit, RevenueUnit
from wagtail_payments.models import DailyRevenue

FIGURES = ("payments", "gross", "refunds", "refunded", "disputed", "fees", "tax")
"""The figures, in the order of the fields of ``Revenue``."""

Row = tuple[Any, ...]
"""Currency, first day, key and name of the group, then the figures."""

_NAME = 3
"""The position of the name in a row; the columns before it identify the row."""

_SPLITS: dict[str, tuple[str, str]] = {
    RevenueSplit.PRODUCT: ("product_key", "title"),
    RevenueSplit.PAGE: ("page_id", "page_title"),
    RevenueSplit.METHOD: ("method_type", "method_type"),
}
"""The key and name columns of each breakdown."""


def revenue_rows(found: QuerySet[DailyRevenue], unit: str, split: str) -> list[Row]:
    """Return the sums of ``found`` by currency, ``unit`` and ``split``."""
    rows = _summed(found, unit, split)
    if unit != RevenueUnit.WEEK:
        return rows
    return _added((currency, _monday(day), *rest) for currency, day, *rest in rows)


def _monday(day: date) -> date:
    """Return the first day of a week, which begins on Monday (ISO 8601)."""
    return day - timedelta(days=day.weekday())


def share_rows(found: QuerySet[DailyRevenue]) -> tuple[list[Row], list[Row]]:
    """Return the sums of ``found`` by product and by method, from one query."""
    rows = _summed(found, RevenueUnit.TOTAL, RevenueSplit.PRODUCT, RevenueSplit.METHOD)
    products = [(currency, None, *row[1:3], *row[5:]) for currency, *row in rows]
    methods = [(currency, None, *row[3:]) for currency, *row in rows]
    return _added(products), _added(methods)


def _summed(found: QuerySet[DailyRevenue], unit: str, *splits: str) -> list[Row]:
    """Return currency, first day, key and name of each of ``splits``, and the summed figures."""
    by: dict[str, Any] = {"begins": _begins(unit)}
    names: dict[str, Any] = {}
    for split in splits:
        key, name = _SPLITS.get(split, ("", ""))
        by[f"key_{split}"] = _text(key) if key else Value("")
        names[f"name_{split}"] = Max(name or Value(""))
    sums = {f"sum_{figure}": Sum(figure) for figure in FIGURES}
    summed = found.order_by().values("currency", **by).annotate(**names, **sums)
    both = [f"{what}_{split}" for split in splits for what in ("key", "name")]
    return list(summed.values_list("currency", "begins", *both, *sums))


def _begins(unit: str) -> Any:
    """Return the first day of a day's month or year, or the day itself; weeks are grouped later."""
    if unit in (RevenueUnit.MONTH, RevenueUnit.YEAR):
        return _FirstDay("day", kind=unit)
    return Value(None, DateField()) if unit == RevenueUnit.TOTAL else F("day")


class _FirstDay(Trunc):
    """Django's truncation. On SQLite it uses SQL, because Django's calls Python for each row.

    See https://www.sqlite.org/lang_datefunc.html, "Modifiers".
    """

    @override
    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        return f"DATE({sql}, 'start of {self.kind}')", params


def _text(column: str) -> Cast:
    return Cast(column, CharField(max_length=40))


def _added(rows: Iterable[Row]) -> list[Row]:
    """Sum the rows with the same currency, day and key."""
    sums: dict[Row, Row] = {}
    for row in rows:
        at, named = row[:_NAME], row[_NAME:]
        name, *before = sums.get(at, ("", *repeat(0, len(FIGURES))))
        sums[at] = (max(name, named[0]), *map(add, before, named[1:]))
    return [(*at, *named) for at, named in sums.items()]
