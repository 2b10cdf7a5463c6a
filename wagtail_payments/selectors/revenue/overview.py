"""The overview: this month compared with others, over time, by product and by method."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wagtail_payments.enums import RevenueUnit
from wagtail_payments.utils.dates import days_of, site_today

from .periods import Period, month_a_year_before, month_before, month_of
from .revenue import Revenue, revenue_lines, revenue_shares, revenue_totals

_DAYS, _MONTHS = 30, 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """A month: the revenue up to the same day as today, and of the whole month.

    ``whole`` is None for the current month.
    """

    name: str
    period: Period
    so_far: Revenue
    whole: Revenue | None


@dataclass(frozen=True, slots=True)
class Step:
    """One day or month of a series, and the same one a year before."""

    begins: date
    revenue: Revenue
    year_before: Revenue


@dataclass(frozen=True, slots=True)
class CurrencyOverview:
    """The overview of one currency."""

    currency: str
    months: list[Comparison]
    series: list[Step]
    products: list[Revenue]
    methods: list[Revenue]


def overview_span(mode: str, unit: str) -> Period:
    """Return the period of the series and breakdowns: 30 days or twelve months until today."""
    today = site_today()
    if unit == RevenueUnit.DAY:
        return Period(today - timedelta(days=_DAYS - 1), today, mode)
    first = today.replace(day=1)
    for _ in range(_MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return Period(first, today, mode)


def overview(user: Any, mode: str, unit: str) -> list[CurrencyOverview]:
    """Return the overview of what ``user`` may see, the currency with the most payments first.

    ``unit`` is day or month. All totals come from one query.
    """
    span, months = overview_span(mode, unit), _months(mode)
    first = min(_year_before(span.first), months["year_before"].first)
    days = revenue_lines(user, Period(first, span.last, mode), unit=RevenueUnit.DAY)
    products, methods = revenue_shares(user, span)
    return [
        CurrencyOverview(
            currency=currency,
            months=[_comparison(name, month, currency, mine) for name, month in months.items()],
            series=_series(span, unit, currency, mine),
            products=_most_first(currency, products),
            methods=_most_first(currency, methods),
        )
        for currency, mine in _by_currency(days, [span, *months.values()])
    ]


def _months(mode: str) -> dict[str, Period]:
    """Return this month, the last one, and the same month a year ago."""
    today = site_today()
    return {
        "this": month_of(today, mode),
        "last": month_before(today, mode),
        "year_before": month_a_year_before(today, mode),
    }


def _by_currency(days: list[Revenue], shown: list[Period]) -> list[tuple[str, list[Revenue]]]:
    """Return the days of each currency that has any in the shown periods."""
    found: dict[str, list[Revenue]] = {}
    for day in days:
        found.setdefault(day.currency, []).append(day)
    payments = {
        currency: sum(day.payments for day in _within(shown[0], mine))
        for currency, mine in found.items()
        if any(_within(period, mine) for period in shown)
    }
    return [(c, found[c]) for c in sorted(payments, key=lambda c: (-payments[c], c))]


def _comparison(name: str, month: Period, currency: str, days: list[Revenue]) -> Comparison:
    """Return the revenue of a month up to the same day as today, and of the whole month."""
    so_far = month.until(site_today().day)
    whole = None if name == "this" else _sum(currency, _within(month, days))
    return Comparison(name, so_far, _sum(currency, _within(so_far, days)), whole)


def _series(span: Period, unit: str, currency: str, days: list[Revenue]) -> list[Step]:
    """Return the revenue of each day or month of the period, and of the same one a year before."""
    steps: dict[date, list[Revenue]] = {}
    for day in days:
        if day.begins:
            begins = day.begins if unit == RevenueUnit.DAY else day.begins.replace(day=1)
            steps.setdefault(begins, []).append(day)
    return [
        Step(
            begins,
            _sum(currency, steps.get(begins, [])),
            _sum(currency, steps.get(_year_before(begins), [])),
        )
        for begins in _steps(span, unit)
    ]


def _steps(span: Period, unit: str) -> list[date]:
    days = list(days_of(span.first, span.last))
    return days if unit == RevenueUnit.DAY else [day for day in days if day.day == 1]


def _year_before(day: date) -> date:
    """Return the same day a year before, the 28th for a leap day."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004


def _most_first(currency: str, lines: Iterable[Revenue]) -> list[Revenue]:
    mine = [line for line in lines if line.currency == currency]
    return sorted(mine, key=lambda line: (-line.gross, line.title))


def _within(period: Period, days: list[Revenue]) -> list[Revenue]:
    return [day for day in days if day.begins and period.first <= day.begins <= period.last]


def _sum(currency: str, days: list[Revenue]) -> Revenue:
    """Return the sum of some days of one currency."""
    return next(iter(revenue_totals(days)), Revenue(currency))
