"""Public prices and products."""

from typing import Annotated

from ninja import Schema

from .base import about, shown

_KEY = "5f0c6a4e-3c1e-4c3f-9a44-0d8f5e0f8d1b"
PRICE = {
    "key": _KEY,
    "amount": 1250,
    "amount_display": "€12.50",
    "available": True,
    "message": "",
}
_SUGGESTION = {"value": "10.00", "label": "€10.00"}
_OFFER = {
    **PRICE,
    "name": "Adult",
    "currency": "EUR",
    "decimals": 2,
    "chosen": False,
    "hint": "",
    "maximum_quantity": 5,
    "suggestions": [],
}
_PAGE = {"title": "Star night", "url": "https://example.org/star-night/"}

_PRODUCT = {
    "key": "0b0e7c58-4d53-4b8f-8c37-1f2a2f0b6a11",
    "name": "Star night",
    "description": "An evening at the telescope.",
    "language": "en",
    "placement": "WzMsbnVsbCw3LCIiXQ:BPSkVo3cS1u",
    "page": _PAGE,
    "prices": [_OFFER],
}


class PriceOut(Schema):
    """A price as it is now."""

    model_config = shown(PRICE)

    key: Annotated[str, about("The price's key, a UUID: `price_key` of a checkout.")]
    amount: Annotated[int | None, about("In minor units; null when the payer chooses it.")]
    amount_display: Annotated[str, about("The same in the visitor's language.")]
    available: Annotated[bool, about("Whether it can be bought now.")]
    message: Annotated[str, about("Why not, in words; empty when it can.")]


class SuggestionOut(Schema):
    """A suggested amount, if the payer chooses it."""

    model_config = shown(_SUGGESTION)

    value: Annotated[str, about("As it would be typed: `amount` of a checkout.")]
    label: Annotated[str, about("The same in the visitor's language.")]


class OfferOut(PriceOut):
    """A price with everything that a custom form needs."""

    model_config = shown(_OFFER)

    name: Annotated[str, about("What tells several prices apart, such as “Child”; may be empty.")]
    currency: Annotated[str, about("ISO 4217.")]
    decimals: Annotated[int, about("How many decimals an amount of this currency has.")]
    chosen: Annotated[bool, about("Whether the payer chooses the amount.")]
    hint: Annotated[str, about("Between which amounts, in words; empty for a fixed price.")]
    maximum_quantity: Annotated[int, about("How many one payment may be for.")]
    suggestions: Annotated[list[SuggestionOut], about("Suggested amounts.")]


class PageOut(Schema):
    """The page that sells a product."""

    model_config = shown(_PAGE)

    title: Annotated[str, about("The page's title.")]
    url: Annotated[str, about("The page's address.")]


class ProductOut(Schema):
    """A product that is sold on a public page of this site."""

    model_config = shown(_PRODUCT)

    key: Annotated[str, about("The product's key, a UUID; its translations share it.")]
    name: Annotated[str, about("What it is called.")]
    description: Annotated[str, about("What it is; may be empty.")]
    language: Annotated[str, about("The language of this translation.")]
    placement: Annotated[str, about("What starts a checkout from here, signed by the site.")]
    page: Annotated[PageOut, about("Where it is sold.")]
    prices: Annotated[list[OfferOut], about("Its prices, in the editor's order.")]


class ProductsOut(Schema):
    """All products on public pages."""

    model_config = shown({"items": [_PRODUCT]})

    items: Annotated[list[ProductOut], about("The products by name.")]
