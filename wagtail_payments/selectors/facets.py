"""What a list of payments can be filtered by: what was sold where, and how it was paid.

Read from the sums by day, which are few, and not from a million payments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Max

from ..conf import payments_conf
from ..method_names import method_name
from ..models import DailyRevenue
from ..permissions import PAYMENTS, rights_of
from .caching import cached_sums
from .providers import providers_used

Choices = list[tuple[str, str]]


class Combination(NamedTuple):
    """Something that was sold together."""

    mode: str
    product_key: UUID
    currency: str
    method_type: str
    page_id: int
    page_title: str


@dataclass(frozen=True, slots=True)
class Facets:
    """Choices, each with its name, sorted by it."""

    currencies: Choices
    methods: Choices
    pages: Choices
    providers: Choices
    modes: frozenset[str]


def payment_facets(user: Any) -> Facets:
    """Return what occurs among the payments for the products whose payments ``user`` may see."""
    held = rights_of(user)
    combinations, providers = _known()
    rows = [row for row in combinations if held.on_product(PAYMENTS, row.product_key)]
    currencies = {*payments_conf().CURRENCIES, *(row.currency for row in rows)}
    methods = {row.method_type for row in rows if row.method_type}
    pages = {row.page_id: row.page_title for row in rows if row.page_id}
    return Facets(
        currencies=[(code, code) for code in sorted(currencies)],
        methods=_sorted((method, method_name(method)) for method in methods),
        pages=_sorted((str(pk), title or str(pk)) for pk, title in pages.items()),
        providers=[(alias, alias) for alias in providers],
        modes=frozenset(row.mode for row in rows),
    )


def _known() -> tuple[list[Combination], list[str]]:
    """Return what was ever sold together, and the providers: no payer, and nobody's rights."""
    return cached_sums(("facets",), _read)


def _read() -> tuple[list[Combination], list[str]]:
    grouped = DailyRevenue.objects.order_by().values_list(*Combination._fields[:-1])
    rows = grouped.annotate(title=Max("page_title"))
    return [Combination(*row) for row in rows], providers_used()


def _sorted(choices: Iterable[tuple[str, str]]) -> Choices:
    return sorted(choices, key=lambda choice: choice[1].casefold())
