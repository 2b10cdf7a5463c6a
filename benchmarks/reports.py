"""Overview and reports: of a year, and of all of them. Sums aren't taken out of the cache."""

from typing import Any

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from benchmarks.figures import hold, timed
from benchmarks.screens import Screen, ask_in_turn
from wagtail_payments.models import DailyRevenue
from wagtail_payments.services.revenue import revenue_check

YEAR_BOUND, ALL_BOUND = 0.2, 0.5

Query = dict[str, Any]


def run(client: Client) -> bool:
    """Measure them; return whether all keep their bounds."""
    print(f"  Reports from {DailyRevenue.objects.count():,} sums by day, none of them cached")
    held = [_measure(client, *case, YEAR_BOUND) for case in _cases("last_year")]
    held += [_measure(client, *case, ALL_BOUND) for case in _cases("all")]
    held.append(_checked())
    return all(held)


def _measure(client: Client, name: str, url: str, query: Query, bound: float) -> bool:
    screen = Uncached(client, url, query)
    ask_in_turn([screen])
    figure = f"{screen.median * 1000:.0f} ms, {screen.queries} queries"
    limit = f"{bound * 1000:.0f} ms"
    return hold(name, figure=figure, bound=limit, held=screen.median <= bound)


class Uncached(Screen):
    """A screen whose sums are read each time."""

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
    asked = {"period": period, "mode": "test"}
    cuts = [
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
                {**asked, "unit": unit, "split": split},
            )
            for unit, split in cuts
        ),
        (f"by product, {name}", reverse("wagtail_payments_by_product:index"), asked),
        (f"payers, {name}", reverse("wagtail_payments_payers:index"), asked),
        (
            f"payers by name, {name}",
            reverse("wagtail_payments_payers:index"),
            {**asked, "q": "muller"},
        ),
        (f"refunds and disputes, {name}", reverse("wagtail_payments_refunds:index"), asked),
    ]


def _checked() -> bool:
    """Sum everything up once more, and compare."""
    result: dict[str, int] = {}
    took = timed(lambda: result.update(revenue_check()))
    figure = f"{result['days']} days in {took:.0f} s, {result['mended']} wrong"
    return hold("nightly check", figure=figure, bound="0 wrong", held=not result["mended"])
