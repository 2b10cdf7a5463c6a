"""What a visitor can do after a declined attempt, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wagtail_payments.providers.types import DeclineReason

DECLINE_MESSAGES: dict[DeclineReason, str | Promise] = {
    DeclineReason.GENERIC: _("Your card was declined. Try another card, or ask your bank."),
    DeclineReason.INSUFFICIENT_FUNDS: _("There isn't enough money on this card. Try another card."),
    DeclineReason.EXPIRED_CARD: _("This card has expired. Check the date, or try another card."),
    DeclineReason.INCORRECT_CVC: _(
        "The security code is wrong. Check the three or four digits on the card."
    ),
    DeclineReason.INCORRECT_NUMBER: _("The card number is wrong. Check it and try again."),
    DeclineReason.INCORRECT_ADDRESS: _(
        "Your bank knows another address or postcode. Check them, or try another card."
    ),
    DeclineReason.AUTHENTICATION_FAILED: _(
        "Your bank could not confirm that it is you. Try again, or use another card."
    ),
    DeclineReason.PROCESSING_ERROR: _(
        "Something went wrong while the card was checked. Try again in a moment."
    ),
    DeclineReason.LIMIT_EXCEEDED: _(
        "This payment is over the card's limit. Try another card, or ask your bank."
    ),
    DeclineReason.NOT_SUPPORTED: _("This card can't be used for this. Try another card."),
    DeclineReason.CALL_ISSUER: _("Your bank asks you to call it. You can also try another card."),
    DeclineReason.DUPLICATE: _(
        "The same amount was paid with this card a moment ago. Look whether that payment has arrived "
        "before you pay again."
    ),
    DeclineReason.DELAYED_FAILED: _(
        "The payment didn't arrive. Try again, or choose another way to pay."
    ),
}


def decline_message(reason: str) -> str:
    """Return the sentence for a decline reason; an unknown one gets the generic sentence."""
    try:
        known = DeclineReason(reason)
    except ValueError:
        known = DeclineReason.GENERIC
    return str(DECLINE_MESSAGES[known])
