"""Days, months and years as the site counts them: in its own time zone, whoever looks at them.

Wagtail's admin activates each user's time zone, so the site's is always named.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils import timezone


def site_zone() -> tzinfo:
    """Return the time zone of the books: Django's ``TIME_ZONE``."""
    return timezone.get_default_timezone()


def site_today() -> date:
    """Return the day that it is now."""
    return day_of(timezone.now())


def day_of(moment: datetime) -> date:
    """Return the day on which ``moment`` was."""
    return timezone.localdate(moment, site_zone())


def day_begins(day: date) -> datetime:
    """Return the first moment of ``day``. Where clocks skip midnight, that is when they do so."""
    return datetime.combine(day, time.min, tzinfo=site_zone())


def moments_of(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first moment of ``first`` and the one after the last of ``last``."""
    return day_begins(first), day_begins(last + timedelta(days=1))


def days_of(first: date, last: date) -> Iterator[date]:
    """Yield every day from ``first`` to ``last``."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
