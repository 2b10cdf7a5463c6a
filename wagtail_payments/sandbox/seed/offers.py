"""What is sold: the site's own products and the pages that sell them, or a handful made up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale, Page, ReferenceIndex

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import AmountType
from wagtail_payments.models import Price, Product
from wagtail_payments.money import currency_decimals

_PAST = UUID("0d6a3c52-6c4b-4c3c-8d40-3f0a5b1d7e21")
_GONE = 1_000_000_000
"""Ids from here on are of pages that never were."""

_SECOND_CURRENCY = 0.12


@dataclass(frozen=True, slots=True)
class Offer:
    """One price of one product on one page. ``amounts`` are minor units, the frequent ones often."""

    weight: float
    amounts: tuple[int, ...]
    maximum_quantity: int
    currency: str
    tax_rate: Decimal | None
    fields: dict[str, Any] = field(repr=False)
    """What every payment for it says, by column."""


def offers_now() -> list[Offer]:
    """Return what the site offers. Where there is no product with a price yet, some are made."""
    offers = list(_offers())
    if not offers:
        _products_make()
        offers = list(_offers())
    return offers


def _offers() -> Iterator[Offer]:
    seen: set[UUID] = set()
    for product in Product.objects.order_by("pk").prefetch_related("prices"):
        prices = [price for price in product.prices.all() if _amounts(price)]
        if product.translation_key in seen or not prices:
            continue
        place = _place(product, len(seen))
        rank = 1 / (1 + len(seen)) ** 0.8
        seen.add(product.translation_key)
        for number, price in enumerate(prices):
            usual = price.currency == prices[0].currency
            weight = rank / (1 + number) if usual else rank * _SECOND_CURRENCY
            yield _offer(product, price, weight, place)


def _offer(product: Product, price: Price, weight: float, place: dict[str, Any]) -> Offer:
    # What is there of a thing isn't sold by us: its past sales have a key of their own.
    key = price.key if price.stock is None else uuid5(_PAST, str(price.key))
    return Offer(
        weight=weight,
        amounts=_amounts(price),
        maximum_quantity=min(price.maximum_quantity, 4),
        currency=price.currency,
        tax_rate=price.tax_rate,
        fields={
            "product_id": product.pk,
            "product_key": product.translation_key,
            "price_key": key,
            "title": product.name,
            "price_name": price.name,
            "currency": price.currency,
            "tax_rate": price.tax_rate,
            **place,
        },
    )


def _amounts(price: Price) -> tuple[int, ...]:
    if price.amount_type == AmountType.FIXED:
        return (price.amount,) if price.amount else ()
    if not price.minimum:
        return ()
    most = price.maximum or price.minimum * 100
    wanted = [*price.suggested, *price.suggested[:2]]
    wanted += [price.minimum * times for times in (1, 1, 2, 3, 5, 5, 10, 25)]
    return tuple(sorted(min(max(amount, price.minimum), most) for amount in wanted))


def _place(product: Product, number: int) -> dict[str, Any]:
    """Return the page that sells ``product``; where there is none, one that is gone."""
    of_pages = ReferenceIndex.get_references_to(product).filter(
        base_content_type=ContentType.objects.get_for_model(Page)
    )
    page = Page.objects.filter(pk__in=[row.object_id for row in of_pages]).order_by("pk").first()
    if page is None:
        return {"page_id": _GONE + number, "page_title": product.name}
    return {
        "page_id": page.pk,
        "page_title": page.title,
        "page_url": page.full_url or "",
        "revision_id": page.live_revision_id,
    }


def _products_make() -> None:
    usual, *others = payments_conf().CURRENCIES
    for name, given in _MADE_UP.items():
        product = Product(name=name, locale=Locale.get_active())
        prices = [_price(usual, **fields) for fields in given]
        prices += [_price(other, **given[0]) for other in others[:1]]
        for number, price in enumerate(prices):
            price.sort_order = number
        product.prices = prices
        product.save()
        product.save_revision().publish()


def _price(currency: str, *, amount: int, name: str = "", tax: int = 0, most: int = 1) -> Price:
    minor = amount * 10 ** currency_decimals(currency)
    shared = {
        "name": name,
        "currency": currency,
        "tax_rate": Decimal(tax) if tax else None,
        "maximum_quantity": most,
    }
    if amount > _CHOSEN_UP_TO:
        return Price(amount=minor, **shared)
    return Price(
        amount_type=AmountType.CHOSEN,
        minimum=minor,
        maximum=minor * 200,
        suggested=[minor * times for times in (2, 5, 10, 20)],
        **shared,
    )


_CHOSEN_UP_TO = 5
_MADE_UP: dict[str, list[dict[str, Any]]] = {
    "Donation": [{"amount": 5}],
    "Membership": [{"amount": 60, "name": "A year"}, {"amount": 30, "name": "Reduced"}],
    "Evening course": [{"amount": 48, "tax": 19, "most": 4}, {"amount": 28, "name": "Under 25"}],
    "Concert ticket": [
        {"amount": 24, "name": "Adult", "tax": 7, "most": 4},
        {"amount": 12, "name": "Child", "tax": 7, "most": 4},
    ],
    "Yearbook": [{"amount": 18, "tax": 7, "most": 3}],
}
