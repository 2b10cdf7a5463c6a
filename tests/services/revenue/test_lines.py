"""Revenue by unit and split matches sums calculated in Python."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.factories import make_user
from wagtail_payments.enums import Mode, RevenueSplit, RevenueUnit
from wagtail_payments.labels import method_name
from wagtail_payments.models import DailyRevenue
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.selectors.revenue.revenue import revenue_lines, revenue_shares, revenue_totals
from wagtail_payments.selectors.revenue.rows import FIGURES

pytestmark = [pytest.mark.db, pytest.mark.django_db]

FIRST, DAYS = date(2023, 12, 25), 430
"""Includes New Year twice, a leap day, and weeks that belong to two years."""

_STARTS: dict[str, Callable[[date], date | None]] = {
    RevenueUnit.TOTAL: lambda day: None,
    RevenueUnit.DAY: lambda day: day,
    RevenueUnit.WEEK: lambda day: date.fromisocalendar(*day.isocalendar()[:2], 1),
    RevenueUnit.MONTH: lambda day: date(day.year, day.month, 1),
    RevenueUnit.YEAR: lambda day: date(day.year, 1, 1),
}
_KEYS: dict[str, Callable[[DailyRevenue], Any]] = {
    RevenueSplit.NONE: lambda row: "",
    RevenueSplit.PRODUCT: lambda row: row.product_key,
    RevenueSplit.PAGE: lambda row: row.page_id,
    RevenueSplit.METHOD: lambda row: row.method_type,
}
_NAMES: dict[str, Callable[[list[DailyRevenue]], str]] = {
    RevenueSplit.NONE: lambda rows: "",
    RevenueSplit.PRODUCT: lambda rows: max(row.title for row in rows),
    RevenueSplit.PAGE: lambda rows: max(row.page_title for row in rows) or "No page",
    RevenueSplit.METHOD: lambda rows: method_name(rows[0].method_type),
}

ROWS = st.lists(
    st.builds(
        DailyRevenue,
        mode=st.just(Mode.LIVE),
        day=st.integers(0, DAYS).map(lambda days: FIRST + timedelta(days=days)),
        currency=st.sampled_from(["EUR", "JPY"]),
        product_key=st.integers(1, 3).map(lambda number: UUID(int=number)),
        title=st.sampled_from(["Workshop", "Seminar"]),
        page_id=st.integers(0, 2),
        page_title=st.sampled_from(["", "Café"]),
        method_type=st.sampled_from(["", "card", "eps"]),
        **{name: st.integers(0, 9) for name in FIGURES},
    ),
    max_size=12,
    unique_by=lambda row: (row.day, row.currency, row.product_key, row.page_id, row.method_type),
)


def expected_lines(rows: list[DailyRevenue], unit: str, split: str) -> Iterator[tuple[Any, ...]]:
    names: dict[Any, list[DailyRevenue]] = {}
    groups: dict[Any, list[DailyRevenue]] = {}
    for row in rows:
        key = _KEYS[split](row)
        names.setdefault(key, []).append(row)
        groups.setdefault((row.currency, _STARTS[unit](row.day), key), []).append(row)
    for (currency, start, key), group in groups.items():
        figures = [sum(getattr(row, name) for row in group) for name in FIGURES]
        if any(figures):
            yield (currency, start, _NAMES[split](names[key]), *figures)


@pytest.fixture
def treasurer() -> Any:
    return make_user("treasurer", is_superuser=True)


@given(rows=ROWS)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_lines_are_sums_of_days(treasurer: Any, rows: list[DailyRevenue]) -> None:
    period = Period(FIRST + timedelta(days=3), FIRST + timedelta(days=DAYS - 3), Mode.LIVE)
    try:
        DailyRevenue.objects.bulk_create(rows)
        inside = [row for row in rows if period.first <= row.day <= period.last]
        for unit in RevenueUnit:
            for split in RevenueSplit:
                lines = revenue_lines(treasurer, period, unit=unit, split=split)
                assert sorted(map(repr, map(tuple, lines))) == sorted(
                    map(repr, expected_lines(inside, unit, split))
                ), (unit, split)
        shares = [
            revenue_lines(treasurer, period, split=split)
            for split in (RevenueSplit.PRODUCT, RevenueSplit.METHOD)
        ]
        assert [sorted(share) for share in revenue_shares(treasurer, period)] == [
            sorted(share) for share in shares
        ]
        assert sorted(revenue_totals(shares[0])) == sorted(revenue_lines(treasurer, period))
    finally:
        DailyRevenue.objects.all().delete()
