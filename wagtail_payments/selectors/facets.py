"""What a list of payments can be filtered by: what was sold where, and how it was paid.

Read from the sums by day, which are few, and not from a million payments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from ..conf import payments_conf
from ..models import DailyRevenue
from ..permissions import revenue_of_products
from .method_names import method_name

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Facets:
    """Choices, each with its name, sorted by it."""

    currencies: Choices
    methods: Choices
    pages: Choices


def payment_facets(user: Any) -> Facets:
    """Return what occurs among the payments for the products whose payments ``user`` may see."""
    rows = list(
        DailyRevenue.objects.filter(revenue_of_products(user))
        .order_by()
        .values_list("currency", "method_type", "page_id")
        .annotate(title=Max("page_title"))
    )
    currencies = {*payments_conf().CURRENCIES, *(row[0] for row in rows)}
    pages = {row[2]: row[3] for row in rows if row[2]}
    return Facets(
        currencies=[(code, code) for code in sorted(currencies)],
        methods=_sorted((row[1], method_name(row[1])) for row in rows if row[1]),
        pages=_sorted((str(pk), title or str(pk)) for pk, title in pages.items()),
    )


def _sorted(choices: Iterable[tuple[str, str]]) -> Choices:
    return sorted(set(choices), key=lambda choice: choice[1].casefold())
