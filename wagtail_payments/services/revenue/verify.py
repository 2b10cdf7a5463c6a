"""Compares the totals of every day with the raw rows, and repairs those that differ."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.forms import model_to_dict

from wagtail_payments.models import DailyRevenue, StaleDay
from wagtail_payments.utils.progress import Watch, unwatched

from .refresh import days_with_rows, revenue_refresh, runs_of
from .stale import days_mark_stale
from .sums import days_sums


def revenue_check(*, watch: Watch = unwatched) -> dict[str, int]:
    """Verify the totals of all days and repair wrong ones; return how many were verified and repaired.

    ``watch`` wraps the days. Days that are stale anyway do not count as wrong.
    """
    revenue_refresh()
    days = set(days_with_rows())
    wrong = {day for run in watch("months", list(runs_of(days))) for day in _wrong(*run)}
    wrong -= set(StaleDay.objects.values_list("day", flat=True))
    days_mark_stale(wrong)
    revenue_refresh()
    return {"days": len(days), "repaired": len(wrong)}


def _wrong(first: date, last: date) -> Iterator[date]:
    """Yield the days whose rows are wrong."""
    kept: dict[date, list[DailyRevenue]] = {}
    for row in DailyRevenue.objects.filter(day__gte=first, day__lte=last):
        kept.setdefault(row.day, []).append(row)
    for day, rows in days_sums(first, last).items():
        if _fields(rows) != _fields(kept.get(day, ())):
            yield day


def _fields(rows: Iterable[DailyRevenue]) -> list[dict[str, Any]]:
    fields = [model_to_dict(row, exclude=["id"]) for row in rows]
    return sorted(fields, key=str)
