"""The form of the checkout page, for visitors without JavaScript."""

from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from wagtail_payments.selectors.products.offers import Offer

_EMAIL = _("Enter an email address, such as name@example.com. Your receipt is sent there.")


_NOT_ASKED = {"amount": "", "quantity": "1", "currency": "", "unit_amount": ""}
"""The fields that a price may not use, each with its harmless value."""


class CheckoutForm(forms.Form):
    """The remaining fields of an order. Amounts are parsed and checked when the checkout starts."""

    placement = forms.CharField(widget=forms.HiddenInput)
    price_key = forms.CharField(widget=forms.HiddenInput)
    attempt_key = forms.CharField(widget=forms.HiddenInput)
    shown_unit = forms.IntegerField(widget=forms.HiddenInput, required=False)
    shown_currency = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    again = forms.BooleanField(widget=forms.HiddenInput, required=False)
    amount = forms.CharField(required=False, max_length=40)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Your receipt is sent there."),
        error_messages={"required": _EMAIL, "invalid": _EMAIL},
    )
    name = forms.CharField(label=_("Name (optional)"), required=False, max_length=255)

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.offer = offer
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self._fit_amount()
        self._fit_quantity()

    def _fit_amount(self) -> None:
        """Show the amount only if the payer chooses it."""
        if not self.offer.chosen:
            del self.fields["amount"]
            return
        amount = self.fields["amount"]
        amount.label = _("Amount (%(currency)s)") % {"currency": self.offer.currency}
        amount.help_text = self.offer.hint
        amount.widget.attrs.update(inputmode="decimal", autocomplete="off")

    def _fit_quantity(self) -> None:
        """Show the quantity only if it can be more than one."""
        if self.offer.most == 1:
            del self.fields["quantity"]
            return
        self.fields["quantity"].widget.attrs["max"] = self.offer.most

    def clean(self) -> dict[str, Any]:
        """Refuse values of fields that the form does not show: the form was tampered with."""
        for name, harmless in _NOT_ASKED.items():
            if name not in self.fields and self.data.get(name, harmless).strip() != harmless:
                self.add_error(None, _("This form is no longer valid. Go back and choose again."))
        return super().clean() or self.cleaned_data

    @property
    def shown_amount(self) -> int | None:
        """The total that the visitor saw, in minor units; None if they typed the amount."""
        unit: int | None = self.cleaned_data["shown_unit"]
        if unit is None or self.offer.chosen:
            return None
        return unit * int(self.cleaned_data.get("quantity", 1))

    def renew_attempt(self) -> None:
        """Make the next submission a new attempt."""
        self._hide("attempt_key", str(uuid4()))

    def renew_price(self) -> None:
        """Make the next submission confirm the current price."""
        self._hide("shown_unit", "" if self.offer.amount is None else str(self.offer.amount))
        self._hide("shown_currency", self.offer.currency)

    def accept_again(self) -> None:
        """Make the next submission confirm that the visitor wants to pay once more."""
        self._hide("again", "1")

    def _hide(self, name: str, value: str) -> None:
        self.data = {**dict(self.data.items()), name: value}


def checkout_initial(query: QueryDict, offer: Offer, user: Any) -> dict[str, Any]:
    """Return the initial values of the form from the query of a block's form."""
    typed = query.get(f"amount-{offer.key}", "").strip()
    return {
        "placement": query.get("placement", ""),
        "price_key": offer.key,
        "attempt_key": str(uuid4()),
        "shown_unit": offer.amount,
        "shown_currency": offer.currency,
        "amount": typed or query.get(f"suggested-{offer.key}", ""),
        "quantity": query.get(f"quantity-{offer.key}", "1"),
        "email": user.email if user.is_authenticated else "",
        "name": user.get_full_name() if user.is_authenticated else "",
    }
