"""The Payments menu."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from wagtail_payments.admin.exports.files import ExportViewSet
from wagtail_payments.admin.payments.viewsets import PaymentViewSet
from wagtail_payments.admin.products.chooser import ProductChooserViewSet
from wagtail_payments.admin.products.viewsets import ProductViewSet
from wagtail_payments.admin.receipts.viewsets import CreditNoteViewSet, ReceiptViewSet
from wagtail_payments.admin.revenue.accounting import AccountingViewSet
from wagtail_payments.admin.revenue.overview import OverviewViewSet
from wagtail_payments.admin.revenue.payers import PayersViewSet
from wagtail_payments.admin.revenue.refunds import RefundsViewSet
from wagtail_payments.admin.revenue.revenue import ByProductViewSet, RevenueViewSet
from wagtail_payments.models import CreditNote, Receipt
from wagtail_payments.permissions import (
    api_token_policy,
    may_erase_payers,
    operations_policies,
    payment_policy,
    product_policy,
    receipt_document_policies,
    viewset_attributes,
)
from wagtail_payments.selectors.payments.status import provider_in_test_mode

from .api_tokens import ApiTokenViewSet
from .deliveries import DeliveryViewSet
from .reconciliation import DiscrepancyViewSet
from .webhooks import WebhookEventViewSet

_POLICIES = {
    PaymentViewSet: payment_policy,
    ProductViewSet: product_policy,
    ProductChooserViewSet: product_policy,
    ApiTokenViewSet: api_token_policy,
    ReceiptViewSet: receipt_document_policies[Receipt],
    CreditNoteViewSet: receipt_document_policies[CreditNote],
    **{
        viewset: operations_policies[viewset.model]
        for viewset in (DeliveryViewSet, DiscrepancyViewSet, WebhookEventViewSet)
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
        DiscrepancyViewSet,
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
        CreditNoteViewSet,
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


class PaymentsSearchArea(SearchArea):
    """Shown to those who see some payments."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this user does."""
        return payment_policy.user_has_permission(request.user, "view")
