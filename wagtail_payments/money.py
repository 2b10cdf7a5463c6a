"""Formats and parses money: an integer of ISO 4217 minor units and a currency code.

The number of decimals comes from ISO 4217 (the ``iso4217`` package), not from CLDR, which rounds
some currencies to their cash denominations. Texts come from Babel.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    get_currency_symbol,
    parse_pattern,
)
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from iso4217 import Currency

from wagtail_payments.exceptions import AmountError

MAXIMUM_AMOUNT = 99_999_999_999
"""The largest amount in minor units that a price or payment may have."""

_PLAIN_NUMBER = re.compile(r"(?P<whole>[0-9]{1,12})(?:\.(?P<fraction>[0-9]+))?", re.ASCII)
_DECIMAL_COMMA = re.compile("[0-9]+,[0-9]{1,2}", re.ASCII)


@cache
def currency_decimals(currency: str) -> int:
    """Return how many decimals ``currency`` has. Raises ValueError for an unknown code."""
    exponent = Currency(currency).exponent
    if exponent is None:
        raise ValueError(f"{currency} has no minor unit")
    return int(exponent)


def is_currency(code: str) -> bool:
    """Tell whether ``code`` is an ISO 4217 currency with minor units."""
    try:
        currency_decimals(code)
    except ValueError:
        return False
    return True


def to_major(amount: int, currency: str) -> Decimal:
    """Return ``amount`` minor units in the currency's main unit, exactly."""
    return Decimal(amount).scaleb(-currency_decimals(currency))


def format_plain(amount: int, currency: str) -> str:
    """Return ``amount`` as :func:`parse_amount` reads it: "12.50"."""
    return f"{to_major(amount, currency):.{currency_decimals(currency)}f}"


def format_amount(amount: int, currency: str, language: str | None = None) -> str:
    """Return ``amount`` minor units formatted for ``language`` (default: the active one).

    A currency that ISO 4217 does not list, such as that of a fee, gives the plain number and code.
    """
    if not is_currency(currency):
        return f"{amount} {currency}".strip()
    return _written(amount, currency, _babel_locale(language or get_language() or "en"))


@lru_cache(maxsize=4096)
def _written(amount: int, currency: str, locale: Locale) -> str:
    """Return the amount in a locale. Cached, because lists repeat the same amounts."""
    pattern = _pattern(currency, locale)
    return str(pattern.apply(to_major(amount, currency), locale))


def format_amount_short(amount: int, currency: str) -> str:
    """Return ``amount`` minor units in compact form in the active language, such as "€12K"."""
    locale = _babel_locale(get_language() or "en")
    return format_compact_currency(
        to_major(amount, currency), currency, locale=locale, fraction_digits=1
    )


def parse_amount(text: str, currency: str) -> int:
    """Return the minor units of ``text``, an amount typed in the main unit, such as "12.50".

    Only digits and one point are accepted, because a comma or an exponent is ambiguous. Raises
    AmountError with a message for the visitor.
    """
    decimals = currency_decimals(currency)
    example = format_plain(1250, currency)
    match = _PLAIN_NUMBER.fullmatch(text.strip())
    if match is None:
        raise AmountError(
            _("Enter the amount in digits, such as %(example)s.") % {"example": example}
        )
    fraction = match["fraction"] or ""
    if len(fraction) > decimals:
        raise AmountError(_too_many_decimals(currency, decimals, example))
    amount = int(match["whole"] + fraction.ljust(decimals, "0"))
    if amount > MAXIMUM_AMOUNT:
        raise AmountError(_("This amount is too large."))
    return amount


def with_point(text: str) -> str:
    """Return "12,50" as "12.50": staff may type a comma before one or two decimals."""
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text.strip()) else text


def included_tax(amount: int, rate: Decimal | None) -> int:
    """Return the tax in minor units that ``amount`` includes at ``rate`` percent, rounded half up."""
    if not rate:
        return 0
    tax = Decimal(amount) * rate / (100 + rate)
    return int(tax.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _too_many_decimals(currency: str, decimals: int, example: str) -> str:
    if decimals == 0:
        return _("%(currency)s has no decimals. Enter a whole amount, such as %(example)s.") % {
            "currency": currency,
            "example": example,
        }
    return _("%(currency)s has %(decimals)d decimals. Enter an amount such as %(example)s.") % {
        "currency": currency,
        "decimals": decimals,
        "example": example,
    }


@cache
def _pattern(currency: str, locale: Locale) -> NumberPattern:
    """Return the locale's pattern with the currency's decimals and symbol.

    A space separates a code's letters from digits, as CLDR requires (UTS #35, currencySpacing).
    """
    decimals = currency_decimals(currency)
    digits = "0." + "0" * decimals if decimals else "0"
    pattern = re.sub(r"0(?:\.0+)?", digits, locale.currency_formats["standard"].pattern)
    symbol = get_currency_symbol(currency, locale)
    if symbol[-1:].isalpha():
        pattern = re.sub(r"¤(?=[#0])", "¤\N{NO-BREAK SPACE}", pattern)
    return parse_pattern(pattern.replace("¤", f"'{symbol}'"))


@cache
def _babel_locale(language: str) -> Locale:
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
