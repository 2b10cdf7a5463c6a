"""Revenue from the daily totals: never across currencies, never with test and live mixed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Min, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_payments.enums import RevenueSplit, RevenueUnit
from wagtail_payments.labels import method_name
from wagtail_payments.models import DailyRevenue
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import may_view_all_payments, revenue_of_products
from wagtail_payments.selectors.caching import cached_sums

from .periods import Period
from .rows import FIGURES, Row, revenue_rows, share_rows

_figures = attrgetter(*FIGURES)


class Revenue(NamedTuple):
    """The revenue of one period and one group, in minor units of ``currency``.

    ``begins`` is the first day of a day, week, month or year, None for the whole period; ``title`` is the
    product, page or method.
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
        """The gross less refunds, disputed money and fees."""
        return self.gross - self.refunded - self.disputed - self.fees

    @property
    def average(self) -> int | None:
        """The average amount per payment, None if there is none."""
        return round(self.gross / self.payments) if self.payments else None

    def display(self, name: str) -> str:
        """Return one of the figures, formatted."""
        value = getattr(self, name)
        return "" if value is None else format_amount(value, self.currency)


def revenue_lines(
    user: Any,
    period: Period,
    *,
    unit: str = RevenueUnit.TOTAL,
    split: str = RevenueSplit.NONE,
) -> list[Revenue]:
    """Return the revenue of ``period`` from the products whose payments ``user`` may see.

    One line per currency, and per ``unit`` and ``split``, if given.
    """
    many = unit in (RevenueUnit.DAY, RevenueUnit.WEEK) and split != RevenueSplit.NONE
    # Thousands of lines are read faster than they are serialized for a cache.
    if many or not may_view_all_payments(user):
        return _lines(user, period, unit, split)
    return cached_sums(
        ("lines", *_cached_as(period), unit, split), lambda: _lines(user, period, unit, split)
    )


def revenue_shares(user: Any, period: Period) -> tuple[list[Revenue], list[Revenue]]:
    """Return the revenue of ``period`` by product and by method, from one query."""
    if not may_view_all_payments(user):
        return _shares(user, period)
    return cached_sums(("shares", *_cached_as(period)), lambda: _shares(user, period))


def _cached_as(period: Period) -> tuple[Any, ...]:
    return period.first, period.last, period.mode, get_language()


def _lines(user: Any, period: Period, unit: str, split: str) -> list[Revenue]:
    return _named_lines(revenue_rows(_days(user, period), unit, split), split)


def _shares(user: Any, period: Period) -> tuple[list[Revenue], list[Revenue]]:
    products, methods = share_rows(_days(user, period))
    return (
        _named_lines(products, RevenueSplit.PRODUCT),
        _named_lines(methods, RevenueSplit.METHOD),
    )


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
    """Return one name per group for all periods, because names may change over time.

    Of several names it is the last in alphabetical order, which depends on the database's collation.
    """
    names: dict[str, str] = {}
    for _currency, _begins, key, name, *_figures in rows:
        names[key] = max(names.get(key, ""), name)
    if split == RevenueSplit.METHOD:
        return {key: method_name(key) for key in names}
    nameless = _("No page") if split == RevenueSplit.PAGE else ""
    return {key: name or nameless for key, name in names.items()}


def revenue_totals(lines: Iterable[Revenue]) -> list[Revenue]:
    """Return the sums of ``lines``, one per currency."""
    figures: dict[str, list[Any]] = {}
    for line in lines:
        figures.setdefault(line.currency, []).append(_figures(line))
    return [
        Revenue(currency, None, "", *map(sum, zip(*found, strict=True)))
        for currency, found in figures.items()
    ]


def success_rate(user: Any, period: Period) -> tuple[int, int]:
    """Return how many of the payments started in ``period`` were paid, and how many have ended."""
    sums = _days(user, period).aggregate(paid=Sum("succeeded"), over=Sum("ended"))
    return sums["paid"] or 0, sums["over"] or 0


def revenue_period(user: Any, period: Period) -> Period:
    """Return ``period``; for all years, the part since the first sale."""
    if not period.is_of_all_years:
        return period
    rows = DailyRevenue.objects.filter(revenue_of_products(user), mode=period.mode)
    first = rows.aggregate(first=Min("day"))["first"] or period.last
    return replace(period, first=min(max(first, period.first), period.last))


def _days(user: Any, period: Period) -> QuerySet[DailyRevenue]:
    days = {"day__gte": period.first, "day__lte": period.last}
    return DailyRevenue.objects.filter(revenue_of_products(user), mode=period.mode, **days)
