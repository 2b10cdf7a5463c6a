"""The filters of the payments list."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from ..enums import Mode, PaymentStatus
from ..models import Payment, Product
from ..permissions import products_with_visible_payments
from ..selectors.health import payments_to_review


def _products(request: HttpRequest | None) -> QuerySet[Product]:
    return products_with_visible_payments(request.user) if request else Product.objects.none()


class PaymentFilterSet(WagtailFilterSet):
    """By status, product, date and mode."""

    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=PaymentStatus.choices, widget=forms.CheckboxSelectMultiple
    )
    product = django_filters.ModelChoiceFilter(
        label=_("Product"), queryset=_products, method="of_product"
    )
    created_at = django_filters.DateFromToRangeFilter(label=_("Date"), widget=DateRangePickerWidget)
    to_review = django_filters.MultipleChoiceFilter(
        label=_("To review"),
        choices=[("true", _("Somebody has to look at it"))],
        method="of_review",
        widget=forms.CheckboxSelectMultiple,
    )
    mode = django_filters.ChoiceFilter(label=_("Mode"), choices=Mode.choices)

    class Meta:
        model = Payment
        fields: tuple[str, ...] = ()

    def of_product(self, payments: QuerySet[Payment], name: str, product: Any) -> QuerySet[Payment]:
        """Keep the payments for ``product`` in all its translations."""
        return payments.filter(product_key=product.translation_key) if product else payments

    def of_review(self, payments: QuerySet[Payment], name: str, value: Any) -> QuerySet[Payment]:
        """Keep the payments that a person has to look at."""
        return payments.filter(pk__in=payments_to_review())
