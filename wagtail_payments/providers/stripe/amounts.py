"""Converts between minor units of ISO 4217 and Stripe's, which differ for some currencies.

All rules are from https://docs.stripe.com/currencies: "Minor units in API amounts", "Zero-decimal",
"Three-decimal" and "Special cases".
"""

from wagtail_payments.providers.exceptions import AmountRefused


def codes(text: str) -> frozenset[str]:
    """Return the currency codes in ``text``."""
    return frozenset(text.split())


ZERO_DECIMAL = codes("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF")
"""Stripe counts the main unit. So does ISO 4217, except for MGA."""

THREE_DECIMAL = codes("BHD JOD KWD OMR TND")
"""Stripe counts thousandths, but the last digit must be 0."""

TIMES_100 = codes("ISK UGX")
"""They have no decimals, but Stripe still counts hundredths, for backward compatibility."""

BY_100 = codes("MGA")
"""ISO 4217 counts hundredths (in practice there are fifths), Stripe does not."""

TWO_DECIMAL = codes(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF
    CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG
    HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR
    MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
    SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD XCG YER ZAR
    ZMW
    """
)
"""HUF and TWD are included: only their payouts have no decimals."""

CURRENCIES = ZERO_DECIMAL | THREE_DECIMAL | TIMES_100 | TWO_DECIMAL
"""The presentment currencies; some methods and countries accept fewer."""


def to_stripe(amount: int, currency: str) -> int:
    """Return ``amount``, minor units of ISO 4217, in Stripe's units.

    Raises AmountRefused for an amount that Stripe cannot charge.
    """
    if amount < 1:
        raise AmountRefused("Stripe accepts amounts above zero only.")
    step = 10 if currency in THREE_DECIMAL else 100 if currency in BY_100 else 1
    if amount % step:
        raise AmountRefused(f"Stripe takes multiples of {step} minor units of {currency}.")
    if currency in TIMES_100:
        return amount * 100
    return amount // 100 if currency in BY_100 else amount


def from_stripe(amount: int, currency: str) -> int:
    """Return Stripe's ``amount`` in minor units of ISO 4217. ``currency`` may be in lower case.

    Only fees can have fractions of an ISK or UGX; these are rounded.
    """
    if currency.upper() in TIMES_100:
        return round(amount / 100)
    return amount * 100 if currency.upper() in BY_100 else amount
