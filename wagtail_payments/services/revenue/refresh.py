"""Refreshes the totals of stale days."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain

from django.db import transaction
from django.db.models import Max, Min

from wagtail_payments.models import (
    DailyRevenue,
    Dispute,
    Payment,
    RefundMovement,
    RevenueState,
    StaleDay,
)
from wagtail_payments.utils.dates import day_of, days_of, site_zone

from .stale import days_mark_stale
from .sums import days_sums

_AT_ONCE = 31
"""The number of days per transaction, which bounds how long another refresh waits."""


def revenue_refresh(*, most: int | None = None) -> int:
    """Refresh all stale days, ``most`` at most; return how many are still stale."""
    if not _marked() and _zone_is_right():
        return 0
    RevenueState.objects.get_or_create(pk=1)
    done = 0
    while most is None or done < most:
        made = _refresh_some(_AT_ONCE if most is None else min(most - done, _AT_ONCE))
        if not made:
            break
        done += made
    return _marked()


def _marked() -> int:
    return StaleDay.objects.values("day").distinct().count()


def _zone_is_right() -> bool:
    return RevenueState.objects.filter(pk=1, time_zone=str(site_zone())).exists()


@transaction.atomic
def _refresh_some(most: int) -> int:
    """Refresh some stale days, the newest first; return how many.

    The lock keeps an older total from overwriting a newer one. A mark that is committed later stays, so
    its day is refreshed again.
    """
    state = _locked_in_zone()
    marked = list(StaleDay.objects.order_by("-day").values_list("day", flat=True).distinct()[:most])
    marks = list(StaleDay.objects.filter(day__in=marked).values_list("pk", flat=True))
    days_write(marked)
    # Not a counter: after a rollback or a restored backup the same number would mean other totals.
    state.version = secrets.randbits(62)
    state.save()
    for some in (marks[at : at + 500] for at in range(0, len(marks), 500)):
        StaleDay.objects.filter(pk__in=some).delete()
    return len(marked)


def days_write(days: Iterable[date]) -> None:
    """Replace the rows of ``days``."""
    for first, last in runs_of(days):
        made = days_sums(first, last)
        DailyRevenue.objects.filter(day__gte=first, day__lte=last).delete()
        rows = [row for found in made.values() for row in found]
        DailyRevenue.objects.bulk_create(rows, batch_size=200)


def runs_of(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last of consecutive days, a month at most."""
    run: list[date] = []
    for day in sorted(set(days)):
        if run and (day != run[-1] + timedelta(days=1) or len(run) == _AT_ONCE):
            yield run[0], run[-1]
            run = []
        run.append(day)
    if run:
        yield run[0], run[-1]


def _locked_in_zone() -> RevenueState:
    """Lock the totals. If the time zone has changed, mark all days as stale."""
    state = RevenueState.objects.select_for_update().get(pk=1)
    if state.time_zone != str(site_zone()):
        days_mark_stale(days_with_rows())
        state.time_zone = str(site_zone())
    return state


def days_with_rows() -> Iterable[date]:
    """Yield each day between the first and the last payment, and each day with totals."""
    bounds = [
        moment
        for rows, name in (
            (Payment.objects, "created_at"),
            (Payment.objects, "paid_at"),
            (RefundMovement.objects, "moved_at"),
            (Dispute.objects, "closed_at"),
        )
        for moment in rows.aggregate(first=Min(name), last=Max(name)).values()
        if moment
    ]
    summed = DailyRevenue.objects.order_by().values_list("day", flat=True).distinct()
    return chain(days_of(day_of(min(bounds)), day_of(max(bounds))) if bounds else (), summed)
