"""Stretches of days, in the site's time zone, and which money is meant: live or test."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wagtail_payments.enums import Mode
from wagtail_payments.selectors.payments.status import provider_in_test_mode
from wagtail_payments.utils.dates import moments_of

EARLIEST = date(1990, 1, 1)
"""Before this there are no payments, only slips of the keyboard; with it, all years begin."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both of them included."""

    first: date
    last: date
    mode: str = Mode.LIVE

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The first moment, and the one after the last."""
        return moments_of(self.first, self.last)

    @property
    def is_of_all_years(self) -> bool:
        """Whether it begins before everything."""
        return self.first <= EARLIEST

    def until(self, days: int) -> "Period":
        """Return its first ``days`` days; all of it, where it has fewer."""
        last = self.first + timedelta(days=days - 1)
        return Period(self.first, min(last, self.last), self.mode)


def current_mode() -> Mode:
    """Return which money comes in now. Test money is never mixed with live money."""
    return Mode.TEST if provider_in_test_mode() else Mode.LIVE


def month_of(day: date, mode: str) -> Period:
    """Return the month in which ``day`` is."""
    first = day.replace(day=1)
    return Period(first, _next_month(first) - timedelta(days=1), mode)


def month_before(day: date, mode: str) -> Period:
    """Return the month before the one in which ``day`` is."""
    return month_of(day.replace(day=1) - timedelta(days=1), mode)


def month_a_year_before(day: date, mode: str) -> Period:
    """Return the same month of the year before."""
    return month_of(day.replace(year=day.year - 1, day=1), mode)


def year_of(day: date, mode: str) -> Period:
    """Return the year in which ``day`` is."""
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), mode)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
