"""The form for a price. Editors enter major units; the database stores minor units."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import AmountType
from wagtail_payments.exceptions import AmountError
from wagtail_payments.money import format_plain, is_currency, parse_amount

AMOUNTS = ("amount", "minimum", "maximum")


class PriceForm(WagtailAdminModelForm):
    """Parses amounts such as "12.50" in the price's currency, and validates them."""

    currency = forms.ChoiceField(label=_("Currency"))
    amount = forms.CharField(
        label=_("Amount"), required=False, help_text=_("For a fixed amount, such as 12.50.")
    )
    minimum = forms.CharField(label=_("Minimum"), required=False)
    maximum = forms.CharField(label=_("Maximum"), required=False)
    suggested = forms.CharField(
        label=_("Suggested amounts"),
        required=False,
        help_text=_("Separated by spaces, such as 5 10 25."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.instance.currency
        codes = list(
            dict.fromkeys([*payments_conf().CURRENCIES, *([currency] if currency else [])])
        )
        self.fields["currency"].choices = [(code, code) for code in codes]
        self.fields["currency"].initial = codes[0]
        if is_currency(currency):
            self._show_major_units(currency)

    def _show_major_units(self, currency: str) -> None:
        for name in AMOUNTS:
            value = getattr(self.instance, name)
            self.initial[name] = "" if value is None else format_plain(value, currency)
        suggested = self.instance.suggested or []
        self.initial["suggested"] = " ".join(format_plain(value, currency) for value in suggested)

    @override
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        currency = data.get("currency")
        if not currency:
            return {**data, **dict.fromkeys(AMOUNTS), "suggested": []}
        for name in AMOUNTS:
            data[name] = self._parse(name, data.get(name) or "", currency)
        words = (data.get("suggested") or "").split()
        amounts = [self._parse("suggested", word, currency) for word in words]
        data["suggested"] = [amount for amount in amounts if amount is not None]
        if not self.errors:
            self._check_amounts(data)
        return data

    def _parse(self, name: str, text: str, currency: str) -> int | None:
        if not text.strip():
            return None
        try:
            return parse_amount(text, currency)
        except AmountError as error:
            self.add_error(name, str(error))
            return None

    def _check_amounts(self, data: dict[str, Any]) -> None:
        if data.get("amount_type") == AmountType.FIXED:
            self._check_fixed(data)
        else:
            self._check_chosen(data)

    def _check_fixed(self, data: dict[str, Any]) -> None:
        if not data["amount"] and not self.is_deferred_validation:
            self.add_error("amount", gettext("Enter an amount greater than zero."))
        data.update(minimum=None, maximum=None, suggested=[])

    def _check_chosen(self, data: dict[str, Any]) -> None:
        data["amount"] = None
        low, high = data["minimum"], data["maximum"]
        if not low:
            # A draft can be saved without amounts.
            if not self.is_deferred_validation:
                self.add_error(
                    "minimum", gettext("Enter the smallest amount that a payer can choose.")
                )
            return
        if high is not None and high < low:
            self.add_error("maximum", gettext("The maximum is below the minimum."))
        if any(value < low or (high is not None and value > high) for value in data["suggested"]):
            self.add_error(
                "suggested",
                gettext("Suggested amounts must be between the minimum and the maximum."),
            )


class PricesPanel(InlinePanel):
    """The prices of a product, edited with :class:`PriceForm`."""

    @override
    def get_form_options(self) -> dict[str, Any]:
        # Wagtail ignores a child model's own form class.
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = PriceForm
        return options
