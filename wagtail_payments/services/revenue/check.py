"""Compares every day's sums with the raw rows, and mends what differs."""

from collections.abc import Callable, Iterable
from typing import Any

from django.forms import model_to_dict

from ...models import DailyRevenue, StaleDay
from .day import day_sums
from .making import days_with_rows, revenue_refresh
from .stale import days_mark_stale

Watch = Callable[[str, Iterable[Any]], Iterable[Any]]


def _unwatched(name: str, things: Iterable[Any]) -> Iterable[Any]:
    return things


def revenue_check(*, watch: Watch = _unwatched) -> dict[str, int]:
    """Sum all days up and mend those that are kept otherwise; return how many were looked at and mended.

    ``watch`` is given the days as they are gone through. Days that are stale anyway are no surprise.
    """
    revenue_refresh()
    days = sorted(set(days_with_rows()))
    wrong = {day for day in watch("days", days) if _facts(day_sums(day)) != _kept(day)}
    wrong -= set(StaleDay.objects.values_list("day", flat=True))
    days_mark_stale(wrong)
    revenue_refresh()
    return {"days": len(days), "mended": len(wrong)}


def _kept(day: Any) -> list[dict[str, Any]]:
    return _facts(DailyRevenue.objects.filter(day=day))


def _facts(rows: Iterable[DailyRevenue]) -> list[dict[str, Any]]:
    facts = [model_to_dict(row, exclude=["id"]) for row in rows]
    return sorted(facts, key=str)
