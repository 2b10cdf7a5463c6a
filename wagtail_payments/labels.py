"""Human-readable labels for codes that providers report."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_METHODS: dict[str, str | Promise] = {
    "": _("Unknown"),
    "bank_transfer": _("Bank transfer"),
    "bacs_debit": "Bacs",
    "card": _("Card"),
    "cash": _("Cash"),
    "check": _("Check"),
    "eps": "EPS",
    "ideal": "iDEAL",
    "link": "Link",
    "paypal": "PayPal",
    "sepa_debit": _("SEPA direct debit"),
}


def method_name(method_type: str) -> str:
    """Return the label of a payment method; an unknown ``method_type`` is made readable."""
    known = _METHODS.get(method_type)
    return str(known) if known else method_type.replace("_", " ").capitalize()


_DISPUTE_REASONS: dict[str, str | Promise] = {
    "bank_cannot_process": _("The bank cannot process it"),
    "check_returned": _("Check returned"),
    "credit_not_processed": _("Promised refund not received"),
    "customer_initiated": _("Requested by the payer"),
    "debit_not_authorized": _("Debit not authorized"),
    "duplicate": _("Paid twice"),
    "fraudulent": _("Fraud"),
    "general": _("Other reason"),
    "incorrect_account_details": _("Wrong account details"),
    "insufficient_funds": _("Insufficient funds"),
    "noncompliant": _("Violates the card network's rules"),
    "product_not_received": _("Not received"),
    "product_unacceptable": _("Not as described"),
    "subscription_canceled": _("Subscription canceled"),
    "unrecognized": _("Not recognized by the payer"),
}


def dispute_reason(code: str) -> str:
    """Return the label of a dispute's reason; an unknown ``code`` is made readable."""
    known = _DISPUTE_REASONS.get(code)
    return str(known) if known else code.replace("_", " ").capitalize()
