"""Prices as a form shows them, the same for all visitors."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from wagtail_payments.models import Price, Product
from wagtail_payments.money import currency_decimals, format_amount, format_plain

from .products import product_prices


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested amount: ``value`` as it would be typed ("10.00"), ``label`` formatted."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One price of a form. ``amount`` is in minor units, None if the payer chooses it."""

    key: str
    name: str
    currency: str
    decimals: int
    amount: int | None
    display: str
    hint: str
    most: int
    suggestions: list[Suggestion] = field(default_factory=list)

    @property
    def chosen(self) -> bool:
        """Whether the payer chooses the amount."""
        return self.amount is None


def product_offers(product: Product) -> list[Offer]:
    """Return the prices that are on sale, in the editor's order. Uses prefetched prices."""
    return [price_offer(price) for price in product_prices(product)]


def price_offer(price: Price) -> Offer:
    """Return ``price`` as a form shows it, in the active language."""
    return Offer(
        key=str(price.key),
        name=price.name,
        currency=price.currency,
        decimals=currency_decimals(price.currency),
        amount=None if price.is_chosen else price.amount,
        display="" if price.is_chosen else price.display_amount,
        hint=_limits(price) if price.is_chosen else "",
        most=1 if price.is_chosen else price.maximum_quantity,
        suggestions=_suggestions(price),
    )


def offer_of(product: Product, key: str) -> Offer | None:
    """Return the offer with this price key, None if it is not on sale."""
    try:
        wanted = str(UUID(key))
    except ValueError:
        return None
    return next((offer for offer in product_offers(product) if offer.key == wanted), None)


def _suggestions(price: Price) -> list[Suggestion]:
    if not price.is_chosen:
        return []
    return [
        Suggestion(format_plain(amount, price.currency), format_amount(amount, price.currency))
        for amount in price.suggested
    ]


def _limits(price: Price) -> str:
    low = format_amount(price.minimum or 1, price.currency)
    if price.maximum is None:
        return _("At least %(minimum)s.") % {"minimum": low}
    high = format_amount(price.maximum, price.currency)
    return _("Between %(minimum)s and %(maximum)s.") % {"minimum": low, "maximum": high}
