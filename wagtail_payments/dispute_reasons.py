"""Why payers dispute payments, in words: the reasons of https://docs.stripe.com/api/disputes/object."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NAMES: dict[str, str | Promise] = {
    "bank_cannot_process": _("The bank can't process it"),
    "check_returned": _("Check returned"),
    "credit_not_processed": _("A promised refund didn't come"),
    "customer_initiated": _("Asked for by the payer"),
    "debit_not_authorized": _("Debit not authorized"),
    "duplicate": _("Paid twice"),
    "fraudulent": _("Fraud"),
    "general": _("Another reason"),
    "incorrect_account_details": _("Wrong account details"),
    "insufficient_funds": _("Not enough money in the account"),
    "noncompliant": _("Against the card network's rules"),
    "product_not_received": _("Not received"),
    "product_unacceptable": _("Not as described"),
    "subscription_canceled": _("Subscription canceled"),
    "unrecognized": _("Not recognized by the payer"),
}


def dispute_reason(code: str) -> str:
    """Return the provider's ``code`` in words; one that we don't know, made readable."""
    known = _NAMES.get(code)
    return str(known) if known else code.replace("_", " ").capitalize()
