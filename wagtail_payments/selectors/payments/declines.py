"""Messages after a declined attempt: what the visitor can do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wagtail_payments.providers.types import DeclineReason

DECLINE_MESSAGES: dict[DeclineReason, str | Promise] = {
    DeclineReason.GENERIC: _("Your card was declined. Try another card, or ask your bank."),
    DeclineReason.INSUFFICIENT_FUNDS: _("This card has insufficient funds. Try another card."),
    DeclineReason.EXPIRED_CARD: _("This card has expired. Check the date, or try another card."),
    DeclineReason.INCORRECT_CVC: _(
        "The security code is wrong. Check the three or four digits on the card."
    ),
    DeclineReason.INCORRECT_NUMBER: _("The card number is wrong. Check it and try again."),
    DeclineReason.INCORRECT_ADDRESS: _(
        "The address or postcode does not match your bank's records. Check it, or try another card."
    ),
    DeclineReason.AUTHENTICATION_FAILED: _(
        "Your bank could not verify your identity. Try again, or use another card."
    ),
    DeclineReason.PROCESSING_ERROR: _(
        "The card could not be checked. Try again in a moment."
    ),
    DeclineReason.LIMIT_EXCEEDED: _(
        "This payment is over the card's limit. Try another card, or ask your bank."
    ),
    DeclineReason.NOT_SUPPORTED: _("This card cannot be used for this payment. Try another card."),
    DeclineReason.CALL_ISSUER: _("Call your bank about this payment, or try another card."),
    DeclineReason.DUPLICATE: _(
        "The same amount was paid with this card a moment ago. Look whether that payment has arrived "
        "before you pay again."
    ),
    DeclineReason.DELAYED_FAILED: _(
        "The payment did not arrive. Try again, or choose another way to pay."
    ),
}


def decline_message(reason: str) -> str:
    """Return the message for a decline reason; an unknown one gets the generic message."""
    try:
        known = DeclineReason(reason)
    except ValueError:
        known = DeclineReason.GENERIC
    return str(DECLINE_MESSAGES[known])
