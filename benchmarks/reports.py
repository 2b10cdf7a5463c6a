"""Measures the overview and reports, for one year and for all years, without the cache."""

from typing import Any

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from benchmarks.figures import check_limit, timed
from benchmarks.screens import Screen, request_in_turn
from wagtail_payments.models import DailyRevenue
from wagtail_payments.services.revenue import revenue_check

YEAR_LIMIT, ALL_LIMIT = 0.2, 0.5

Query = dict[str, Any]


def run(client: Client) -> bool:
    """Measure the reports; return whether all limits are kept."""
    print(f"  Reports from {DailyRevenue.objects.count():,} sums by day, not cached")
    passed = [_measure(client, *case, YEAR_LIMIT) for case in _cases("last_year")]
    passed += [_measure(client, *case, ALL_LIMIT) for case in _cases("all")]
    passed.append(_checked())
    return all(passed)


def _measure(client: Client, name: str, url: str, query: Query, limit: float) -> bool:
    screen = Uncached(client, url, query)
    request_in_turn([screen])
    figure = f"{screen.median * 1000:.0f} ms, {screen.queries} queries"
    text = f"{limit * 1000:.0f} ms"
    return check_limit(name, figure=figure, limit=text, passed=screen.median <= limit)


class Uncached(Screen):
    """A screen that is requested with an empty cache."""

    def ask(self) -> float:
        cache.clear()
        return super().ask()


def _cases(period: str) -> list[tuple[str, str, Query]]:
    name = "a year" if period == "last_year" else "all years"
    revenue = reverse("wagtail_payments_revenue:index")
    cases = [
        ("overview, 12 months", reverse("wagtail_payments_overview:index"), {"unit": "month"}),
        ("overview, 30 days", reverse("wagtail_payments_overview:index"), {"unit": "day"}),
        ("Wagtail's home", reverse("wagtailadmin_home"), {}),
    ]
    filters = {"period": period, "mode": "test"}
    splits = [
        ("month", "none"),
        ("day", "none"),
        ("day", "product"),
        ("month", "page"),
        ("year", "method"),
    ]
    return [
        *(cases if period == "last_year" else []),
        *(
            (
                f"revenue by {unit} × {split}, {name}",
                revenue,
                {**filters, "unit": unit, "split": split},
            )
            for unit, split in splits
        ),
        (f"by product, {name}", reverse("wagtail_payments_by_product:index"), filters),
        (f"payers, {name}", reverse("wagtail_payments_payers:index"), filters),
        (
            f"payers by name, {name}",
            reverse("wagtail_payments_payers:index"),
            {**filters, "q": "muller"},
        ),
        (f"refunds and disputes, {name}", reverse("wagtail_payments_refunds:index"), filters),
    ]


def _checked() -> bool:
    """Recalculate all sums, and compare them."""
    result: dict[str, int] = {}
    took = timed(lambda: result.update(revenue_check()))
    figure = f"{result['days']} days in {took:.0f} s, {result['repaired']} wrong"
    return check_limit(
        "nightly check", figure=figure, limit="0 wrong", passed=not result["repaired"]
    )
