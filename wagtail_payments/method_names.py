"""Ways to pay, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NAMES: dict[str, str | Promise] = {
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
    known = _NAMES.get(method_type)
    return str(known) if known else method_type.replace("_", " ").capitalize()
