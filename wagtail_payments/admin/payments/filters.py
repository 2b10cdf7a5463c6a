"""The filters of the payments list."""

from collections.abc import Callable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.fields import RangeField
from wagtail.admin.filters import DateRangePickerWidget, NumberRangeWidget, WagtailFilterSet

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
from wagtail_payments.utils.dates import moments_of

_FIRST_DAY, _LAST_DAY = date(1971, 1, 1), date(9990, 1, 1)
"""Beyond these a time zone may leave what a date can say."""


class DaysField(RangeField):
    """The first and the last of some days."""

    widget = DateRangePickerWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__((forms.DateField(), forms.DateField()), *args, **kwargs)


class DaysFilter(django_filters.DateFromToRangeFilter):
    """Days of the site's time zone, not of whoever looks at the list."""

    field_class = DaysField

    def filter(self, qs: QuerySet[Payment], value: slice | None) -> QuerySet[Payment]:
        """Keep what was on one of these days."""
        if not value:
            return qs
        first, last = value.start or _FIRST_DAY, value.stop or _LAST_DAY
        begin, end = moments_of(*(min(max(day, _FIRST_DAY), _LAST_DAY) for day in (first, last)))
        if value.start:
            qs = qs.filter(**{f"{self.field_name}__gte": begin})
        return qs.filter(**{f"{self.field_name}__lt": end}) if value.stop else qs


class AmountsField(RangeField):
    """Two amounts as people write them."""

    widget = NumberRangeWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__((forms.CharField(), forms.CharField()), *args, **kwargs)
        for widget in self.widget.widgets:
            widget.input_type = "text"
            widget.attrs = {**widget.attrs, "inputmode": "decimal"}


class AmountsFilter(django_filters.RangeFilter):
    """At least and at most so much."""

    field_class = AmountsField

    def filter(self, qs: QuerySet[Payment], value: Any) -> QuerySet[Payment]:
        """Leave it to the filter set, which does it last."""
        return qs


class PaymentFilterForm(forms.Form):
    """Reads amounts with as many decimals as the chosen currency has."""

    currencies: tuple[str, ...] = ()
    amounts: Callable[[str], Q] | None = None
    """The condition on amounts, if there is one and once it is read, for a column of this name."""

    def clean(self) -> dict[str, Any]:
        """Make the condition on amounts; say what can't be read."""
        data: dict[str, Any] = super().clean() or {}
        if amounts := data.get("amount"):
            chosen = data.get("currency")
            bounds = {"at_least": amounts.start or "", "at_most": amounts.stop or ""}
            currencies = (chosen,) if chosen else self.currencies
            self.amounts = lambda name: with_amounts(currencies, name=name, **bounds)
            try:
                self.amounts("amount")
            except AmountError as error:
                self.add_error("amount", str(error))
        return data


def _one_of(label: Any, choices: Any = (), **kwargs: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label, choices=choices, empty_label=_("All"), widget=QuickSelect, **kwargs
    )


class PaymentFilterSet(WagtailFilterSet):
    """By what staff ask for. What can be chosen is only what they may see."""

    status = django_filters.MultipleChoiceFilter(
        label=_("Status"),
        choices=[(UNFINISHED, _("Not finished")), *PaymentStatus.choices, *GivenBack.choices],
        method="of_status",
        widget=QuickCheckboxes,
    )
    created_at = DaysFilter(label=_("Date"))
    paid_at = DaysFilter(label=_("Paid"))
    product = _one_of(_("Product"), method="of_product")
    amount = AmountsFilter(label=_("Amount"))
    currency = _one_of(_("Currency"))
    method_type = _one_of(_("Method"))
    provider = _one_of(_("Provider"))
    page_id = _one_of(_("Page"))
    refunded = _one_of(_("Refunds"), RefundedAs.choices, method="of_refund")
    disputed = _one_of(_("Disputes"), DisputedAs.choices, method="of_dispute")
    to_review = django_filters.MultipleChoiceFilter(
        label=_("To review"),
        choices=[("true", _("Somebody has to look at it"))],
        method="of_review",
        widget=QuickCheckboxes,
    )
    mode = _one_of(_("Mode"), Mode.choices)

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

    def filter_queryset(self, payments: QuerySet[Payment]) -> QuerySet[Payment]:
        """Return what is left of ``payments``, as it is listed best; ``counted`` is the same to count."""
        found: QuerySet[Payment] = super().filter_queryset(payments)
        self.counted = found
        amounts = self.form.amounts
        if amounts is None:
            return found
        self.counted = found.filter(amounts("amount"))
        return payments_of_amounts(found, amounts)

    def of_status(self, payments: QuerySet[Payment], name: str, value: Any) -> QuerySet[Payment]:
        """Keep those that stand so."""
        return payments.filter(with_status(value)) if value else payments

    def of_product(self, payments: QuerySet[Payment], name: str, value: str) -> QuerySet[Payment]:
        """Keep the payments for the product in all its translations."""
        keys = {str(product.pk): product.translation_key for product in self.products}
        return payments.filter(product_key=keys[value]) if value else payments

    def of_refund(self, payments: QuerySet[Payment], name: str, value: str) -> QuerySet[Payment]:
        """Keep those whose refunds stand so."""
        return payments.filter(with_refund(value)) if value else payments

    def of_dispute(self, payments: QuerySet[Payment], name: str, value: str) -> QuerySet[Payment]:
        """Keep those whose disputes stand so."""
        return payments.filter(with_dispute(value)) if value else payments

    def of_review(self, payments: QuerySet[Payment], name: str, value: Any) -> QuerySet[Payment]:
        """Keep the payments that a person has to look at."""
        return payments.filter(pk__in=payments_to_review()) if value else payments
