"""The choices of the list's filters: products, pages, methods, currencies and providers.

They are read from the daily totals, which are few, and not from a million payments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Max

from wagtail_payments.conf import payments_conf
from wagtail_payments.labels import method_name
from wagtail_payments.models import DailyRevenue
from wagtail_payments.permissions import PAYMENTS, user_rights
from wagtail_payments.selectors.caching import cached_sums
from wagtail_payments.selectors.providers import providers_used

Choices = list[tuple[str, str]]


class Sold(NamedTuple):
    """The sales of one product; ``pages`` are titles by id."""

    modes: set[str]
    currencies: set[str]
    methods: set[str]
    pages: dict[int, str]


@dataclass(frozen=True, slots=True)
class Facets:
    """The choices, sorted by label."""

    currencies: Choices
    methods: Choices
    pages: Choices
    providers: Choices
    modes: frozenset[str]


def payment_facets(user: Any) -> Facets:
    """Return the choices among the payments for products whose payments ``user`` may see."""
    sold, providers = _known()
    seen = [sold[key] for key in user_rights(user).on_products(PAYMENTS, set(sold))]
    currencies = {*payments_conf().CURRENCIES}.union(*(item.currencies for item in seen))
    methods = {method for item in seen for method in item.methods}
    pages = {pk: title for item in seen for pk, title in item.pages.items()}
    return Facets(
        currencies=[(code, code) for code in sorted(currencies)],
        methods=_sorted((method, method_name(method)) for method in methods),
        pages=_sorted((str(pk), title or str(pk)) for pk, title in pages.items()),
        providers=[(alias, alias) for alias in providers],
        modes=frozenset(mode for item in seen for mode in item.modes),
    )


def _known() -> tuple[dict[UUID, Sold], list[str]]:
    """Return the sales of each product, and the providers, without payers or permissions."""
    return cached_sums(("sold",), _read)


def _read() -> tuple[dict[UUID, Sold], list[str]]:
    sold: dict[UUID, Sold] = {}
    names = ("product_key", "mode", "currency", "method_type", "page_id")
    grouped = DailyRevenue.objects.order_by().values_list(*names)
    for key, mode, currency, method, page, title in grouped.annotate(title=Max("page_title")):
        one = sold.setdefault(key, Sold(set(), set(), set(), {}))
        one.modes.add(mode)
        one.currencies.add(currency)
        one.methods.update({method} - {""})
        one.pages.update({page: title} if page else {})
    return sold, providers_used()


def _sorted(choices: Iterable[tuple[str, str]]) -> Choices:
    return sorted(choices, key=lambda choice: choice[1].casefold())
