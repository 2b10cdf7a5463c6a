"""What a list of payments can be filtered by: what was sold where, and how it was paid.

Read from the sums by day, which are few, and not from a million payments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Max

from ..conf import payments_conf
from ..models import DailyRevenue
from ..permissions import PAYMENTS, rights_of
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
    held = rights_of(user)
    rows = [row for row in _combinations() if held.on_product(PAYMENTS, row[0])]
    currencies = {*payments_conf().CURRENCIES, *(row[1] for row in rows)}
    pages = {row[3]: row[4] for row in rows if row[3]}
    return Facets(
        currencies=[(code, code) for code in sorted(currencies)],
        methods=_sorted((row[2], method_name(row[2])) for row in rows if row[2]),
        pages=_sorted((str(pk), title or str(pk)) for pk, title in pages.items()),
    )


def _combinations() -> list[tuple[Any, ...]]:
    """Return what was ever sold together: product, currency, method, page and its title.

    It names no payer, and is kept until sums are made anew, for their rows are then others.
    """
    newest = DailyRevenue.objects.order_by("-pk").values_list("pk", "product_key").first()
    if newest is None:
        return []
    key = "wagtail_payments.combinations.{}.{}".format(*newest)
    rows: list[tuple[Any, ...]] | None = cache.get(key)
    if rows is None:
        grouped = DailyRevenue.objects.order_by().values_list(*_COLUMNS)
        rows = list(grouped.annotate(title=Max("page_title")))
        cache.set(key, rows, _KEPT)
    return rows


def _sorted(choices: Iterable[tuple[str, str]]) -> Choices:
    return sorted(set(choices), key=lambda choice: choice[1].casefold())


_COLUMNS = ("product_key", "currency", "method_type", "page_id")
_KEPT = 3600
"""Seconds."""
