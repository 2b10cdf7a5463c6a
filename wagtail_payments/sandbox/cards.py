"""The cards that the sandbox accepts: Stripe's published test cards.

See https://docs.stripe.com/testing. Real card numbers are not among them, so none is ever stored.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wagtail_payments.providers.types import DeclineReason


@dataclass(frozen=True, slots=True)
class TestCard:
    """A test card without its number: the data that may be stored, and its behavior."""

    __test__ = False

    brand: str
    last4: str
    decline: DeclineReason | None = None
    challenge: bool = False


CARDS: dict[str, TestCard] = {
    "4242424242424242": TestCard("visa", "4242"),
    "5555555555554444": TestCard("mastercard", "4444"),
    "378282246310005": TestCard("amex", "0005"),
    "3566002020360505": TestCard("jcb", "0505"),
    "4000002500003155": TestCard("visa", "3155", challenge=True),
    "4000002760003184": TestCard("visa", "3184", challenge=True),
    "4000000000000002": TestCard("visa", "0002", DeclineReason.GENERIC),
    "4000000000009995": TestCard("visa", "9995", DeclineReason.INSUFFICIENT_FUNDS),
    "4000000000000069": TestCard("visa", "0069", DeclineReason.EXPIRED_CARD),
    "4000000000000127": TestCard("visa", "0127", DeclineReason.INCORRECT_CVC),
    "4000000000000119": TestCard("visa", "0119", DeclineReason.PROCESSING_ERROR),
}

HELP: tuple[tuple[str, str | Promise], ...] = (
    ("4242 4242 4242 4242", _("is accepted (Visa)")),
    ("5555 5555 5555 4444", _("is accepted (Mastercard)")),
    ("4000 0025 0000 3155", _("requires confirmation with your bank")),
    ("4000 0000 0000 0002", _("is declined")),
    ("4000 0000 0000 9995", _("is declined: insufficient funds")),
    ("4000 0000 0000 0069", _("is declined: expired")),
    ("4000 0000 0000 0127", _("is declined: wrong security code")),
    ("4000 0000 0000 0119", _("is declined: processing error")),
)
"""The cards that the payment pages list, in order."""


def card_find(digits: str) -> TestCard | None:
    """Return the test card with this number, None for any other number."""
    return CARDS.get(digits)
