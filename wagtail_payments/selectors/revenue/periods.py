"""Periods of days in the site's time zone, each with a mode: live or test."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wagtail_payments.enums import Mode
from wagtail_payments.selectors.payments.status import provider_in_test_mode
from wagtail_payments.utils.dates import moments_of

EARLIEST = date(1990, 1, 1)
"""The first day that is accepted: earlier dates are typing errors. "All years" begins here."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period from the first to the last day, both included."""

    first: date
    last: date
    mode: str = Mode.LIVE

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The beginning, and the end (exclusive)."""
        return moments_of(self.first, self.last)

    @property
    def is_of_all_years(self) -> bool:
        """Whether it covers all years."""
        return self.first <= EARLIEST

    def until(self, days: int) -> "Period":
        """Return its first ``days`` days, or all of it if it has fewer."""
        last = self.first + timedelta(days=days - 1)
        return Period(self.first, min(last, self.last), self.mode)


def current_mode() -> Mode:
    """Return the current mode. Test money is never mixed with live money."""
    return Mode.TEST if provider_in_test_mode() else Mode.LIVE


def month_of(day: date, mode: str) -> Period:
    """Return the month of ``day``."""
    first = day.replace(day=1)
    return Period(first, _next_month(first) - timedelta(days=1), mode)


def month_before(day: date, mode: str) -> Period:
    """Return the month before that of ``day``."""
    return month_of(day.replace(day=1) - timedelta(days=1), mode)


def month_a_year_before(day: date, mode: str) -> Period:
    """Return the same month of the year before."""
    return month_of(day.replace(year=day.year - 1, day=1), mode)


def year_of(day: date, mode: str) -> Period:
    """Return the year of ``day``."""
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), mode)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
