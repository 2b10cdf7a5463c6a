"""Payments in the admin."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy
from typing_extensions import override

from wagtail_payments.admin.generic.listing import ReadOnlyViewSet
from wagtail_payments.models import Payment

from .actions import action_urlpatterns
from .columns import payment_columns
from .filters import PaymentFilterSet
from .index import PaymentIndexView
from .inspect import PaymentInspectView, payment_receipt


class PaymentViewSet(ReadOnlyViewSet):
    """The list of payments, a payment's page, and its actions."""

    model = Payment
    name = "wagtail_payments_payment"
    url_prefix = "payments/payments"
    icon = "payments"
    menu_label = gettext_lazy("Payments")
    index_view_class = PaymentIndexView
    inspect_view_class = PaymentInspectView
    inspect_view_enabled = True
    inspect_template_name = "wagtail_payments/admin/payments/inspect.html"
    filterset_class = PaymentFilterSet
    list_display = payment_columns()
    search_fields = ("payer_email",)

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            *action_urlpatterns(),
            path("<int:pk>/receipt/", payment_receipt, name="receipt"),
        ]
