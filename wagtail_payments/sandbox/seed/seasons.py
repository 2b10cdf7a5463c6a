"""The times of payments: more before Christmas than in August, more in the evening than at night."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from django.utils import timezone

_MONTHS = (0.8, 0.7, 0.9, 1.0, 0.9, 0.8, 0.6, 0.6, 1.0, 1.3, 1.4, 2.0)
_WEEKDAYS = (1.0, 0.9, 0.9, 1.0, 1.1, 1.3, 1.2)
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 11, 10, 9, 9, 10, 12, 14, 16, 17, 15, 10, 5)
_GROWTH_A_DAY = 1.0003
_DAY = 86_400


def moments(count: int, *, days: int, until: datetime, chance: Random) -> Iterator[datetime]:
    """Yield ``count`` times of the last ``days`` days before ``until``, in order, in UTC."""
    last = timezone.localdate(until, timezone.get_default_timezone())
    dates = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    up_to = list(accumulate(_weight(day, number, chance) for number, day in enumerate(dates)))
    given = 0
    for day, weight in zip(dates, up_to, strict=True):
        wanted = round(count * weight / up_to[-1])
        yield from _of_day(day, wanted - given, until, chance)
        given = wanted


def _weight(day: date, number: int, chance: Random) -> float:
    usual = _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()] * _GROWTH_A_DAY**number
    return usual * chance.uniform(0.6, 1.4)


def _of_day(day: date, count: int, until: datetime, chance: Random) -> Iterator[datetime]:
    begins = datetime.combine(day, time.min, timezone.get_default_timezone()).astimezone(UTC)
    # Today's sales are compressed into the part of the day that has passed.
    passed = min((until - begins).total_seconds() / _DAY, 1)
    hours = chance.choices(range(24), _HOURS, k=count)
    for second in sorted((hour + chance.random()) * 3600 * passed for hour in hours):
        yield begins + timedelta(seconds=int(second))
