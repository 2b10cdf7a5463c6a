"""The filters of the payments list."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.fields import RangeField
from typing_extensions import override
from wagtail.admin.filters import NumberRangeWidget, WagtailFilterSet

from wagtail_payments.admin.generic.filters import DateRangeFilter
from wagtail_payments.admin.generic.widgets import QuickCheckboxes, QuickSelect
from wagtail_payments.enums import Mode, PaymentStatus
from wagtail_payments.exceptions import AmountError
from wagtail_payments.models import Payment
from wagtail_payments.permissions import products_with_visible_payments
from wagtail_payments.selectors.health.health import payments_to_review
from wagtail_payments.selectors.payments.facets import payment_facets
from wagtail_payments.selectors.payments.filters import (
    UNFINISHED,
    DisputedAs,
    GivenBack,
    RefundedAs,
    payments_of_amounts,
    with_amounts,
    with_dispute,
    with_refund,
    with_status,
)


class AmountRangeField(RangeField):
    """A minimum and a maximum amount, as text with the currency's decimals."""

    widget = NumberRangeWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__((forms.CharField(), forms.CharField()), *args, **kwargs)
        for widget in self.widget.widgets:
            widget.input_type = "text"
            widget.attrs = {**widget.attrs, "inputmode": "decimal"}


class AmountRangeFilter(django_filters.RangeFilter):
    """A range of amounts. The filter set applies it last."""

    field_class = AmountRangeField

    @override
    def filter(self, qs: QuerySet[Payment], value: Any) -> QuerySet[Payment]:
        return qs


class PaymentFilterForm(forms.Form):
    """Parses amounts with the decimals of the selected currency, or else of each currency."""

    currencies: tuple[str, ...] = ()
    amount_condition: Callable[[str], Q] | None = None
    """Returns the condition for the amount column of this name. None if amounts aren't filtered."""

    @override
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if amounts := data.get("amount"):
            currency = data.get("currency")
            bounds = {"at_least": amounts.start or "", "at_most": amounts.stop or ""}
            currencies = (currency,) if currency else self.currencies
            self.amount_condition = lambda name: with_amounts(currencies, name=name, **bounds)
            try:
                self.amount_condition("amount")
            except AmountError as error:
                self.add_error("amount", str(error))
        return data


def _choice_filter(label: Any, choices: Any = (), **kwargs: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label, choices=choices, empty_label=_("All"), widget=QuickSelect, **kwargs
    )


class PaymentFilterSet(WagtailFilterSet):
    """The filters. Choices are limited to what occurs in the payments that the user can see."""

    status = django_filters.MultipleChoiceFilter(
        label=_("Status"),
        choices=[(UNFINISHED, _("Not finished")), *PaymentStatus.choices, *GivenBack.choices],
        method="filter_status",
        widget=QuickCheckboxes,
    )
    created_at = DateRangeFilter(label=_("Date"))
    paid_at = DateRangeFilter(label=_("Paid"))
    product = _choice_filter(_("Product"), method="filter_product")
    amount = AmountRangeFilter(label=_("Amount"))
    currency = _choice_filter(_("Currency"))
    method_type = _choice_filter(_("Method"))
    provider = _choice_filter(_("Provider"))
    page_id = _choice_filter(_("Page"))
    refunded = _choice_filter(_("Refunds"), RefundedAs.choices, method="filter_refund")
    disputed = _choice_filter(_("Disputes"), DisputedAs.choices, method="filter_dispute")
    to_review = django_filters.MultipleChoiceFilter(
        label=_("To review"),
        choices=[("true", _("Needs review"))],
        method="filter_review",
        widget=QuickCheckboxes,
    )
    mode = _choice_filter(_("Mode"), Mode.choices)

    class Meta:
        model = Payment
        form = PaymentFilterForm
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None:
            return
        facets = self.facets = payment_facets(self.request.user)
        self.products = products_with_visible_payments(self.request.user)
        for name, choices in {
            "product": [(str(product.pk), product.name) for product in self.products],
            "currency": facets.currencies,
            "method_type": facets.methods,
            "page_id": facets.pages,
            "provider": facets.providers,
        }.items():
            self.filters[name].extra["choices"] = choices
        self.form.currencies = tuple(code for code, _name in facets.currencies)

    @override
    def filter_queryset(self, payments: QuerySet[Payment]) -> QuerySet[Payment]:
        # The same payments in two forms: one is faster to list, the other to count.
        filtered: QuerySet[Payment] = super().filter_queryset(payments)
        self.count_queryset = filtered
        condition = self.form.amount_condition
        if condition is None:
            return filtered
        self.count_queryset = filtered.filter(condition("amount"))
        return payments_of_amounts(filtered, condition)

    def filter_status(
        self, payments: QuerySet[Payment], name: str, value: Any
    ) -> QuerySet[Payment]:
        """Return the payments with one of these statuses."""
        return payments.filter(with_status(value)) if value else payments

    def filter_product(
        self, payments: QuerySet[Payment], name: str, value: str
    ) -> QuerySet[Payment]:
        """Return the payments for the product, including its translations."""
        keys = {str(product.pk): product.translation_key for product in self.products}
        return payments.filter(product_key=keys[value]) if value else payments

    def filter_refund(
        self, payments: QuerySet[Payment], name: str, value: str
    ) -> QuerySet[Payment]:
        """Return the payments with refunds in this state."""
        return payments.filter(with_refund(value)) if value else payments

    def filter_dispute(
        self, payments: QuerySet[Payment], name: str, value: str
    ) -> QuerySet[Payment]:
        """Return the payments with disputes in this state."""
        return payments.filter(with_dispute(value)) if value else payments

    def filter_review(
        self, payments: QuerySet[Payment], name: str, value: Any
    ) -> QuerySet[Payment]:
        """Return the payments that need review."""
        return payments.filter(pk__in=payments_to_review()) if value else payments
