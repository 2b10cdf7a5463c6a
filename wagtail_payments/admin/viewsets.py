"""The Payments menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from ..models import Payment, Receipt, RefundNote
from ..permissions import (
    api_token_policy,
    machinery_policies,
    may_erase_payers,
    paper_policies,
    payment_policy,
    product_policy,
    viewset_attributes,
)
from ..selectors.status import provider_in_test_mode
from .accounting import AccountingViewSet
from .api_tokens import ApiTokenViewSet
from .ask_provider import AskProviderView
from .deeds import CancelView, IssueReceiptView, ReceiveView, RefundView, ReviewView
from .deliveries import DeliveryViewSet
from .drifts import DriftViewSet
from .export_files import ExportViewSet
from .filters import PaymentFilterSet
from .listing import ReadOnlyViewSet
from .payment_list import PaymentIndexView
from .product_chooser import ProductChooserViewSet
from .products import ProductViewSet
from .receipts import ReceiptViewSet, RefundNoteViewSet
from .reports.overview import OverviewViewSet
from .reports.payers import PayersViewSet
from .reports.refunds import RefundsViewSet
from .reports.revenue import ByProductViewSet, RevenueViewSet
from .tables import payment_columns
from .views import PaymentInspectView, payment_receipt
from .webhooks import WebhookEventViewSet


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
    inspect_template_name = "wagtail_payments/admin/payment.html"
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
            path("<int:pk>/ask/", AskProviderView.as_view(), name="ask"),
        ]


_POLICIES = {
    PaymentViewSet: payment_policy,
    ProductViewSet: product_policy,
    ProductChooserViewSet: product_policy,
    ApiTokenViewSet: api_token_policy,
    ReceiptViewSet: paper_policies[Receipt],
    RefundNoteViewSet: paper_policies[RefundNote],
    **{
        viewset: machinery_policies[viewset.model]
        for viewset in (DeliveryViewSet, DriftViewSet, WebhookEventViewSet)
    },
}
for _viewset, _policy in _POLICIES.items():
    for _name, _value in viewset_attributes(_policy).items():
        setattr(_viewset, _name, _value)


def _menu_label() -> str:
    """Say on every admin screen that the money isn't real."""
    return gettext("Payments TEST") if provider_in_test_mode() else gettext("Payments")


class ReportsGroup(ViewSetGroup):
    """All reports, in a menu of their own below Payments."""

    items = (
        RevenueViewSet,
        ByProductViewSet,
        PayersViewSet,
        RefundsViewSet,
        AccountingViewSet,
        DriftViewSet,
        WebhookEventViewSet,
    )
    add_to_admin_menu = False
    menu_label = gettext_lazy("Reports")
    menu_name = "payments-reports"
    menu_icon = "list-ul"


class SettingsMenuItem(MenuItem):
    """Shown to those who may change the settings."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this user may."""
        return bool(request.user.has_perm("wagtail_payments.change_paymentsettings"))


class SettingsLink(ViewSet):
    """Wagtail's own form of the settings, found where people look for it."""

    name = "wagtail_payments_settings"
    icon = "cog"
    menu_label = gettext_lazy("Settings")
    menu_item_class = SettingsMenuItem

    @property
    def menu_url(self) -> str:
        """Where Wagtail shows the settings."""
        return reverse("wagtailsettings:edit", args=["wagtail_payments", "paymentsettings"])


class PrivacyMenuItem(MenuItem):
    """Shown to those who may look after payers' data."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this user may."""
        return may_erase_payers(request.user)


class PrivacyLink(ViewSet):
    """The screen on which a payer's data is given out, or erased."""

    name = "wagtail_payments_privacy_link"
    icon = "user"
    menu_label = gettext_lazy("Privacy")
    menu_item_class = PrivacyMenuItem

    @property
    def menu_url(self) -> str:
        """Where that is."""
        return reverse("wagtail_payments_privacy")


class PaymentsGroup(SnippetViewSetGroup):
    """Everything about money, in one menu."""

    items = (
        OverviewViewSet,
        PaymentViewSet,
        ProductViewSet,
        ReceiptViewSet,
        RefundNoteViewSet,
        ReportsGroup,
        ExportViewSet,
        DeliveryViewSet,
        ApiTokenViewSet,
        PrivacyLink,
        SettingsLink,
    )
    menu_label = lazy(_menu_label, str)()
    menu_name = "payments"
    menu_icon = "payments"
    menu_order = 250
