"""Stripe's published test cards (https://docs.stripe.com/testing), the only valid ones."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A card's details that may be stored, and its outcome."""

    brand: str
    last4: str
    code: str | None = None
    decline_code: str | None = None
    challenge: bool = False


def declining(last4, decline_code, code="card_declined"):
    return Card("visa", last4, code, decline_code)


CARDS = {
    "4242424242424242": Card("visa", "4242"),
    "5555555555554444": Card("mastercard", "4444"),
    "378282246310005": Card("amex", "0005"),
    "4000000000000002": declining("0002", "generic_decline"),
    "4000000000009995": declining("9995", "insufficient_funds"),
    "4000000000009987": declining("9987", "lost_card"),
    "4000000000009979": declining("9979", "stolen_card"),
    "4000000000000069": declining("0069", "expired_card", "expired_card"),
    "4000000000000127": declining("0127", "incorrect_cvc", "incorrect_cvc"),
    "4000000000000101": declining("0101", "incorrect_cvc", "incorrect_cvc"),
    "4000000000000119": declining("0119", "processing_error", "processing_error"),
    "4242424242424241": declining("4241", "incorrect_number", "incorrect_number"),
    "4000000000006975": declining("6975", "card_velocity_exceeded"),
    "4100000000000019": declining("0019", "fraudulent"),
    "4000002500003155": Card("visa", "3155", challenge=True),
    "4000002760003184": Card("visa", "3184", challenge=True),
}

MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}


def decline_message(decline_code):
    return MESSAGES.get(decline_code, "Your card was declined.")


def find_card(number):
    """Return the test card with this number, or None."""
    return CARDS.get("".join(character for character in number if character.isdigit()))
