"""Names for people of what providers report as codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_METHODS: dict[str, str | Promise] = {
    "": _("Unknown"),
    "bank_transfer": _("Bank transfer"),
    "bacs_debit": "Bacs",
    "card": _("Card"),
    "cash": _("Cash"),
    "cheque": _("Cheque"),
    "eps": "EPS",
    "ideal": "iDEAL",
    "link": "Link",
    "paypal": "PayPal",
    "sepa_debit": _("SEPA direct debit"),
}


def method_name(method_type: str) -> str:
    """Return the provider's ``method_type`` in words; one that we don't know, made readable."""
    known = _METHODS.get(method_type)
    return str(known) if known else method_type.replace("_", " ").capitalize()


_DISPUTE_REASONS: dict[str, str | Promise] = {
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
    known = _DISPUTE_REASONS.get(code)
    return str(known) if known else code.replace("_", " ").capitalize()
