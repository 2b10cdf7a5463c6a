"""How business goes: this month against others, through time, by product and by method."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..enums import RevenueSplit, RevenueUnit
from .days import days_of, site_today
from .periods import Period, month_a_year_before, month_before, month_of
from .revenue import Revenue, revenue_lines

_DAYS, _MONTHS = 30, 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """A month: what came in during as many days as this one has had, and in all of it.

    ``whole`` is None for the month that isn't over.
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
    """All of it in one currency."""

    currency: str
    months: list[Comparison]
    series: list[Step]
    products: list[Revenue]
    methods: list[Revenue]


def overview_span(mode: str, unit: str) -> Period:
    """Return the stretch that series and splits are about: 30 days, or twelve months, until today."""
    today = site_today()
    if unit == RevenueUnit.DAY:
        return Period(today - timedelta(days=_DAYS - 1), today, mode)
    first = today.replace(day=1)
    for _ in range(_MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return Period(first, today, mode)


def overview(user: Any, mode: str, unit: str) -> list[CurrencyOverview]:
    """Return the overview of what ``user`` may see, the currency with most payments first.

    ``unit`` is day or month.
    """
    span = overview_span(mode, unit)
    months = _months(user, mode)
    series = _series(user, span, unit)
    products = revenue_lines(user, span, split=RevenueSplit.PRODUCT)
    methods = revenue_lines(user, span, split=RevenueSplit.METHOD)
    return [
        CurrencyOverview(
            currency=currency,
            months=_months_in(currency, months),
            series=_series_in(currency, span, unit, series),
            products=_most_first(currency, products),
            methods=_most_first(currency, methods),
        )
        for currency in _currencies(span, series, months)
    ]


Months = list[tuple[str, Period, list[Revenue], list[Revenue]]]
Series = dict[tuple[str, date], Revenue]


def _months(user: Any, mode: str) -> Months:
    """Return this month, the last one, and the same a year ago: as far as this one, and all of each."""
    today = site_today()
    months = {
        "this": month_of(today, mode),
        "last": month_before(today, mode),
        "year_before": month_a_year_before(today, mode),
    }
    return [
        (
            name,
            month,
            revenue_lines(user, month.until(today.day)),
            [] if name == "this" else revenue_lines(user, month),
        )
        for name, month in months.items()
    ]


def _months_in(currency: str, months: Months) -> list[Comparison]:
    return [
        Comparison(
            name,
            month.until(site_today().day),
            _in(currency, so_far),
            None if name == "this" else _in(currency, whole),
        )
        for name, month, so_far, whole in months
    ]


def _series(user: Any, span: Period, unit: str) -> Series:
    """Return the revenue of each step of the span, and of the year before it."""
    longer = Period(_year_before(span.first), span.last, span.mode)
    lines = revenue_lines(user, longer, unit=unit)
    return {(line.currency, line.begins): line for line in lines if line.begins}


def _series_in(currency: str, span: Period, unit: str, series: Series) -> list[Step]:
    none = Revenue(currency=currency)
    return [
        Step(
            begins,
            series.get((currency, begins), none),
            series.get((currency, _year_before(begins)), none),
        )
        for begins in _steps(span, unit)
    ]


def _steps(span: Period, unit: str) -> list[date]:
    days = list(days_of(span.first, span.last))
    return days if unit == RevenueUnit.DAY else [day for day in days if day.day == 1]


def _year_before(day: date) -> date:
    """Return the same day a year before, the 28th for a leap day."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004


def _currencies(span: Period, series: Series, months: Months) -> list[str]:
    counted = {line.currency: 0 for *_, so_far, whole in months for line in [*so_far, *whole]}
    for (currency, begins), line in series.items():
        if begins >= span.first:
            counted[currency] = counted.get(currency, 0) + line.payments
    return sorted(counted, key=lambda currency: (-counted[currency], currency))


def _most_first(currency: str, lines: Iterable[Revenue]) -> list[Revenue]:
    mine = [line for line in lines if line.currency == currency]
    return sorted(mine, key=lambda line: (-line.gross, line.title))


def _in(currency: str, lines: Iterable[Revenue]) -> Revenue:
    return next((line for line in lines if line.currency == currency), Revenue(currency=currency))
