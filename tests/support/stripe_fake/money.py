"""Amounts that Stripe accepts: https://docs.stripe.com/currencies.

The lists and minimums were not copied from Stripe: they only let the fake refuse invalid amounts. Don't
use them as a source for the package's tables.
"""

from .errors import invalid

WITHOUT_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
ZERO_DECIMAL = frozenset(WITHOUT_DECIMALS.split())
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
# For backward compatibility, sent with two decimals although they have none.
SENT_TIMES_100 = frozenset({"isk", "ugx"})
WITH_CENTS = """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad
    cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg
    huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk
    mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd
    shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd yer zar
    zmw
"""
SUPPORTED = ZERO_DECIMAL | THREE_DECIMAL | SENT_TIMES_100 | frozenset(WITH_CENTS.split())

MINIMUM = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200,
    "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
MAXIMUM = 99_999_999


def decimals(currency):
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def format_amount(amount, currency):
    """Return an amount in the format of Stripe's messages."""
    return f"{amount / 10 ** decimals(currency):.{decimals(currency)}f} {currency}"


def check_currency(currency, param):
    if currency.lower() not in SUPPORTED:
        raise invalid(f"Invalid currency: {currency}.", param)


def check_divisible(amount, currency, param):
    if currency in THREE_DECIMAL and amount % 10:
        raise invalid(
            f"Invalid amount: amounts in {currency} must end in 0.", param, "invalid_charge_amount"
        )
    if currency in SENT_TIMES_100 and amount % 100:
        raise invalid(
            f"Invalid amount: amounts in {currency} must be divisible by 100.",
            param,
            "invalid_charge_amount",
        )


def check_total(amount, currency):
    least = MINIMUM.get(currency, 1)
    if amount < least:
        raise invalid(
            f"The Checkout Session's total amount due must add up to at least "
            f"{format_amount(least, currency)}",
            code="amount_too_small",
        )
    if amount > MAXIMUM:
        raise invalid(
            f"The Checkout Session's total amount due must be no more than "
            f"{format_amount(MAXIMUM, currency)}",
            code="amount_too_large",
        )
