"""The payments in the admin."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy

from wagtail_payments.admin.generic.listing import ReadOnlyViewSet
from wagtail_payments.models import Payment

from .actions import (
    CancelView,
    IssueReceiptView,
    ReceiveView,
    RefreshView,
    RefundView,
    ReviewView,
)
from .columns import payment_columns
from .filters import PaymentFilterSet
from .index import PaymentIndexView
from .inspect import PaymentInspectView, payment_receipt


class PaymentViewSet(ReadOnlyViewSet):
    """Payments are listed and looked at. There is nothing to add, edit or delete."""

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

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with a payment."""
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/refund/", RefundView.as_view(), name="refund"),
            path("<int:pk>/receive/", ReceiveView.as_view(), name="receive"),
            path("<int:pk>/cancel/", CancelView.as_view(), name="cancel"),
            path("<int:pk>/review/", ReviewView.as_view(), name="review"),
            path("<int:pk>/issue-receipt/", IssueReceiptView.as_view(), name="issue_receipt"),
            path("<int:pk>/receipt/", payment_receipt, name="receipt"),
            path("<int:pk>/ask/", RefreshView.as_view(), name="ask"),
        ]
