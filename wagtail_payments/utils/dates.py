"""Dates in the site's time zone.

Wagtail's admin activates each user's time zone, so the site's is always given explicitly.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils import timezone


def site_zone() -> tzinfo:
    """Return the site's time zone: Django's ``TIME_ZONE``."""
    return timezone.get_default_timezone()


def site_today() -> date:
    """Return the current day."""
    return day_of(timezone.now())


def day_of(moment: datetime) -> date:
    """Return the day of ``moment``."""
    return timezone.localdate(moment, site_zone())


def day_begins(day: date) -> datetime:
    """Return the first moment of ``day``, which is not midnight where clocks skip it."""
    return datetime.combine(day, time.min, tzinfo=site_zone())


def moments_of(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the beginning of ``first`` and the end (exclusive) of ``last``."""
    return day_begins(first), day_begins(last + timedelta(days=1))


def days_of(first: date, last: date) -> Iterator[date]:
    """Yield each day from ``first`` to ``last``."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
