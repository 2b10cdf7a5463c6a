"""The Payments menu."""

from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy
from typing_extensions import override
from wagtail.admin.search import SearchArea
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from wagtail_payments.admin.exports.files import ExportViewSet
from wagtail_payments.admin.generic.menu import LinkViewSet
from wagtail_payments.admin.payments.viewsets import PaymentViewSet
from wagtail_payments.admin.products.viewsets import ProductViewSet
from wagtail_payments.admin.receipts.viewsets import CreditNoteViewSet, ReceiptViewSet
from wagtail_payments.admin.revenue.accounting import AccountingViewSet
from wagtail_payments.admin.revenue.overview import OverviewViewSet
from wagtail_payments.admin.revenue.payers import PayersViewSet
from wagtail_payments.admin.revenue.refunds import RefundsViewSet
from wagtail_payments.admin.revenue.revenue import ByProductViewSet, RevenueViewSet
from wagtail_payments.permissions import may_change_settings, may_erase_payers, payment_policy
from wagtail_payments.selectors.payments.status import provider_in_test_mode

from .api_tokens import ApiTokenViewSet
from .deliveries import DeliveryViewSet
from .reconciliation import DiscrepancyViewSet
from .webhooks.viewsets import WebhookEventViewSet


def _menu_label() -> str:
    # The menu is on every admin page, so test mode can't be overlooked.
    return gettext("Payments TEST") if provider_in_test_mode() else gettext("Payments")


class ReportsGroup(ViewSetGroup):
    """The Reports submenu of the Payments menu."""

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


class SettingsLink(LinkViewSet):
    """Wagtail's form for the payment settings."""

    name = "wagtail_payments_settings"
    icon = "cog"
    menu_label = gettext_lazy("Settings")
    permission = may_change_settings
    url_name = "wagtailsettings:edit"
    url_args = ("wagtail_payments", "paymentsettings")


class PrivacyLink(LinkViewSet):
    """The page that exports and erases a payer's data."""

    name = "wagtail_payments_privacy_link"
    icon = "user"
    menu_label = gettext_lazy("Privacy")
    permission = may_erase_payers
    url_name = "wagtail_payments_privacy"


class PaymentsGroup(SnippetViewSetGroup):
    """The Payments menu."""

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
    """Searches payments, for users who can see any."""

    @override
    def is_shown(self, request: HttpRequest) -> bool:
        return payment_policy.user_has_permission(request.user, "view")
