"""Checks an order against what is for sale, and computes every amount.

Only keys, a quantity and a chosen amount come from the browser. The amount that it showed is compared,
never charged.
"""

import hashlib
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from wagtail_payments.enums import CheckoutUI
from wagtail_payments.exceptions import AmountError, CheckoutRefused
from wagtail_payments.models import Price, Product
from wagtail_payments.money import MAXIMUM_AMOUNT, format_amount, parse_amount
from wagtail_payments.selectors.payments.tokens import Placement
from wagtail_payments.selectors.products.products import product_for_sale, product_sale_problem

from .errors import placement_invalid

_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode's control characters, lone surrogates, and breaks of lines and paragraphs."""

_LONGEST = {"email": 254, "name": 255}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutOrder:
    """What the browser sends. ``amount`` is typed text, in the main unit.

    ``placement`` is what the form's token says, None if the token is not valid. ``shown_amount`` (the
    total, in minor units) and ``shown_currency`` are what the visitor saw: they are compared and never
    charged. ``again`` says that the visitor knows of the payment just made.
    """

    placement: Placement | None
    price_key: str
    quantity: int
    amount: str
    shown_amount: int | None
    shown_currency: str = ""
    attempt_key: str
    ui: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who pays. ``user`` is the signed-in user, if any."""

    email: str
    name: str = ""
    user: Any = None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What is sold, and for how much: amounts in minor units of the price's currency."""

    placement: Placement
    product: Product
    price: Price
    quantity: int
    unit_amount: int
    attempt_key: str
    ui: CheckoutUI

    @property
    def amount(self) -> int:
        """The total in minor units."""
        return self.unit_amount * self.quantity

    @property
    def digest(self) -> str:
        """A fingerprint of the terms, which an attempt cannot change."""
        terms = (
            self.product.translation_key,
            self.price.key,
            self.quantity,
            self.unit_amount,
            self.price.currency,
            self.placement.provider,
        )
        return hashlib.sha256(repr(terms).encode()).hexdigest()


def quote_create(*, order: CheckoutOrder) -> Quote:
    """Return what ``order`` costs now. Raises CheckoutRefused with a message and its field."""
    placement = order.placement
    if placement is None:
        raise placement_invalid()
    product = _product(placement)
    price = _price(product, order.price_key)
    quote = Quote(
        placement=placement,
        product=product,
        price=price,
        quantity=_quantity(price, order.quantity),
        unit_amount=_unit_amount(price, order.amount),
        attempt_key=_attempt_key(order.attempt_key),
        ui=_ui(order.ui),
    )
    _check_total(quote, order)
    return quote


def payer_check(payer: Payer) -> None:
    """Raise CheckoutRefused if no receipt can be sent to ``payer``."""
    try:
        validate_email(payer.email)
        # A domain that cannot be written in ASCII has no mail server (RFC 5890).
        payer.email.rpartition("@")[2].encode("idna")
    except (ValidationError, UnicodeError) as error:
        raise CheckoutRefused(
            "invalid",
            _("Enter an email address, such as name@example.com. Your receipt is sent there."),
            field="email",
        ) from error
    if any(unicodedata.category(character) in _UNPRINTABLE for character in payer.name):
        raise CheckoutRefused(
            "invalid", _("Enter the name on one line, without control characters."), field="name"
        )
    for field, text in {"email": payer.email, "name": payer.name}.items():
        if len(text) > _LONGEST[field]:
            raise CheckoutRefused("invalid", _("This is too long. Shorten it."), field=field)


def _product(placement: Placement) -> Product:
    product = product_for_sale(placement.product_id)
    if product is None or product_sale_problem(product, placement.provider):
        raise CheckoutRefused("not_for_sale", _("This is not for sale at the moment."))
    return product


def _price(product: Product, key: str) -> Price:
    price: Price | None = None
    with suppress(ValueError):
        price = product.prices.filter(key=UUID(key)).first()
    if price is None or not price.on_sale:
        raise CheckoutRefused(
            "price_unavailable",
            _("This price is no longer offered. Reload the page and choose again."),
            field="price_key",
        )
    return price


def _quantity(price: Price, quantity: int) -> int:
    most = 1 if price.is_chosen else price.maximum_quantity
    if not 1 <= quantity <= most:
        raise CheckoutRefused(
            "invalid",
            _("Choose a quantity between 1 and %(most)d.") % {"most": most},
            field="quantity",
        )
    return quantity


def _unit_amount(price: Price, typed: str) -> int:
    if not price.is_chosen:
        if typed.strip():
            raise CheckoutRefused("invalid", _("This price is fixed."), field="amount")
        return price.amount or 0
    try:
        amount = parse_amount(typed, price.currency)
    except AmountError as error:
        raise CheckoutRefused("invalid", str(error), field="amount") from error
    low, high = max(price.minimum or 1, 1), price.maximum or MAXIMUM_AMOUNT
    if amount < low:
        message = _("The minimum amount is %(amount)s.")
        raise _amount_refused(message, low, price.currency)
    if amount > high:
        message = _("The maximum amount is %(amount)s.")
        raise _amount_refused(message, high, price.currency)
    return amount


def _amount_refused(message: str, amount: int, currency: str) -> CheckoutRefused:
    display = format_amount(amount, currency)
    return CheckoutRefused("invalid", message % {"amount": display}, field="amount")


def _attempt_key(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise CheckoutRefused(
            "attempt_invalid", _("This form is no longer valid. Reload the page and try again.")
        ) from error


def _ui(text: str) -> CheckoutUI:
    try:
        return CheckoutUI(text)
    except ValueError as error:
        raise CheckoutRefused("invalid", _("Choose where to pay."), field="ui") from error


def _check_total(quote: Quote, order: CheckoutOrder) -> None:
    currency = quote.price.currency
    seen = (
        quote.amount if order.shown_amount is None else order.shown_amount,
        order.shown_currency or currency,
    )
    if quote.amount > MAXIMUM_AMOUNT:
        raise CheckoutRefused("invalid", _("This amount is too large."), field="amount")
    if seen != (quote.amount, currency):
        display = format_amount(quote.amount, currency)
        raise CheckoutRefused(
            "price_changed",
            _("The price has changed to %(amount)s. Nothing was charged.") % {"amount": display},
            extra={"amount": quote.amount, "amount_display": display, "currency": currency},
        )
