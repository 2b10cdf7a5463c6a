"""Amounts: formatting and parsing minor units without losing a cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_payments.exceptions import AmountError
from wagtail_payments.money import (
    MAXIMUM_AMOUNT,
    currency_decimals,
    format_amount,
    format_plain,
    included_tax,
    is_currency,
    parse_amount,
)

CURRENCIES = ["EUR", "USD", "JPY", "UGX", "ISK", "KWD", "TND", "HUF", "TWD", "INR"]


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("EUR", 2), ("JPY", 0), ("UGX", 0), ("ISK", 0), ("KWD", 3), ("HUF", 2), ("TWD", 2)],
)
def test_decimals_follow_iso_4217(currency, decimals):
    assert currency_decimals(currency) == decimals


@given(st.integers(0, MAXIMUM_AMOUNT), st.sampled_from(CURRENCIES))
def test_plain_amounts_are_parsed_back(amount, currency):
    assert parse_amount(format_plain(amount, currency), currency) == amount


@given(st.integers(0, MAXIMUM_AMOUNT), st.sampled_from(CURRENCIES))
def test_formatted_amounts_contain_every_digit(amount, currency):
    digits = "".join(c for c in format_amount(amount, currency, "en") if c.isdigit())
    assert int(digits) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        (1250, "EUR", "en", "€12.50"),
        (1250, "EUR", "de", "12,50\xa0€"),
        (1250, "JPY", "en", "¥1,250"),
        (1250, "KWD", "en", "KWD\xa01.250"),
        (1250, "UGX", "en", "UGX\xa01,250"),
        (123456789, "INR", "en-IN", "₹12,34,567.89"),
    ],
)
def test_amounts_are_localized(amount, currency, language, text):
    assert format_amount(amount, currency, language) == text


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("12", "EUR", 1200),
        (" 19.99 ", "EUR", 1999),
        ("0.07", "EUR", 7),
        ("1250", "JPY", 1250),
        ("1.25", "KWD", 1250),
        ("500", "UGX", 500),
    ],
)
def test_valid_amounts_are_parsed(text, currency, amount):
    assert parse_amount(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12,50", "EUR"),
        ("1e3", "EUR"),
        ("1.234", "EUR"),
        ("", "EUR"),
        ("-5", "EUR"),
        ("+5", "EUR"),
        ("5.", "EUR"),
        (".5", "EUR"),
        ("٥", "EUR"),
        ("1 000", "EUR"),
        ("NaN", "EUR"),
        ("1.5", "JPY"),
        ("1.2345", "KWD"),
        ("1000000000000", "EUR"),
        ("9" * 400, "EUR"),
    ],
)
def test_ambiguous_amounts_are_refused_with_a_message(text, currency):
    with pytest.raises(AmountError) as error:
        parse_amount(text, currency)
    assert len(str(error.value)) > 10


@given(st.text(max_size=20), st.sampled_from(CURRENCIES))
def test_any_text_is_an_amount_or_a_message(text, currency):
    try:
        amount = parse_amount(text, currency)
    except AmountError as error:
        amount, message = 0, str(error)
    else:
        message = "an amount needs no message"
    assert 0 <= amount <= MAXIMUM_AMOUNT
    assert len(message) > 10


@pytest.mark.parametrize(
    ("amount", "rate", "tax"),
    [(10700, "7", 700), (1250, "7", 82), (119, "19", 19), (100, None, 0), (100, "0", 0)],
)
def test_tax_is_included(amount, rate, tax):
    assert included_tax(amount, rate and Decimal(rate)) == tax


@pytest.mark.parametrize(
    ("code", "known"), [("EUR", True), ("eur", False), ("XYZ", False), ("", False)]
)
def test_currency_codes(code, known):
    assert is_currency(code) is known
