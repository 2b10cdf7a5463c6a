"""The payment form. A typed card number never leaves it."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from .cards import TestCard, card_find

CARD = "card"
BANK_DEBIT = "bank_debit"

_EXPIRY = re.compile(r"(0?[1-9]|1[0-2])\s*/?\s*(?:20)?([0-9]{2})", re.ASCII)


class UnkeptInput(forms.TextInput):
    """A text field that never shows its value again."""

    @override
    def format_value(self, value: Any) -> None:
        return


def _digits(
    example: str | Promise, widget: type[forms.TextInput] = forms.TextInput
) -> forms.TextInput:
    # Browsers must not fill in the visitor's real card.
    return widget(
        attrs={
            "autocomplete": "off",
            "inputmode": "numeric",
            "placeholder": example,
            "spellcheck": "false",
        }
    )


class PaymentForm(forms.Form):
    """A test card, or a simulated bank debit.

    ``card`` is the test card once it is valid, None for an unknown number.
    """

    method = forms.ChoiceField(
        label=_("Pay with"),
        choices=[(CARD, _("Card")), (BANK_DEBIT, _("Bank debit (test)"))],
        widget=forms.RadioSelect,
        initial=CARD,
    )
    number = forms.CharField(
        label=_("Card number"),
        required=False,
        max_length=30,
        widget=_digits("1234 1234 1234 1234", UnkeptInput),
    )
    expiry = forms.CharField(
        label=_("Expiry date"),
        required=False,
        max_length=9,
        widget=_digits(_("MM / YY")),
    )
    cvc = forms.CharField(
        label=_("Security code"),
        required=False,
        max_length=4,
        widget=_digits("123", UnkeptInput),
    )
    arrives = forms.ChoiceField(
        label=_("Result"),
        choices=[
            ("yes", _("The money arrives later")),
            ("no", _("The money never arrives")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
        required=False,
    )

    card: TestCard | None = None

    @property
    def by_card(self) -> bool:
        """Whether a card was chosen."""
        return self.cleaned_data.get("method") == CARD

    def clean_number(self) -> str:
        """Look up the card, and discard its number."""
        digits = re.sub(r"[\s-]", "", self.cleaned_data.pop("number"))
        if self.by_card and not re.fullmatch(r"[0-9]{12,19}", digits, re.ASCII):
            raise forms.ValidationError(_("Enter the number of a test card."), code="invalid")
        self.card = card_find(digits)
        return ""

    def clean_expiry(self) -> str:
        """Check that the month has not passed."""
        typed: str = self.cleaned_data["expiry"]
        if not self.by_card:
            return typed
        match = _EXPIRY.fullmatch(typed.strip())
        if match is None:
            raise forms.ValidationError(_("Enter month and year, such as 12 / 34."), code="invalid")
        if date(2000 + int(match[2]), int(match[1]), 1) < timezone.localdate().replace(day=1):
            raise forms.ValidationError(_("This date is in the past."), code="past")
        return typed

    def clean_cvc(self) -> str:
        """Check the format of the code, and discard it."""
        code = self.cleaned_data.pop("cvc").strip()
        if self.by_card and not re.fullmatch(r"[0-9]{3,4}", code, re.ASCII):
            raise forms.ValidationError(_("Enter the three or four digits."), code="invalid")
        return ""
