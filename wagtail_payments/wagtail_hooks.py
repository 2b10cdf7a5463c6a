"""Registers the package's admin with Wagtail."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.search import SearchArea
from wagtail.snippets.models import register_snippet

from wagtail_payments.admin import audit, privacy, user_access
from wagtail_payments.admin.health import AttentionPanel, PaymentsSummaryItem
from wagtail_payments.admin.menu import PaymentsGroup, PaymentsSearchArea
from wagtail_payments.admin.payments import actions as payment_actions
from wagtail_payments.admin.payments import bulk_actions as payment_bulk_actions
from wagtail_payments.admin.products import bulk_actions as product_actions
from wagtail_payments.admin.products import page_copies
from wagtail_payments.admin.receipts import preview as receipt_preview
from wagtail_payments.permissions import register_policies

# Wagtail can load this file before our AppConfig is ready, and viewsets need their policy.
register_policies()
register_snippet(PaymentsGroup)


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    """Add the icons of the Payments menu."""
    names = ("payments", "receipt")
    return [*icons, *(f"wagtail_payments/icons/{name}.svg" for name in names)]


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Add the view permissions of read-only lists to Wagtail's group editor."""
    return Permission.objects.filter(
        content_type__app_label="wagtail_payments",
        codename__in=["view_apitoken", "view_delivery", "view_discrepancy"],
    )


@hooks.register("construct_homepage_panels")
def add_attention_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Add a panel with what needs attention to Wagtail's home page."""
    panel = AttentionPanel(request.user)
    if panel.items:
        panels.append(panel)


@hooks.register("construct_homepage_summary_items")
def add_summary_item(request: HttpRequest, items: list[Any]) -> None:
    """Add the number of this month's payments to Wagtail's home page."""
    items.append(PaymentsSummaryItem(request))


@hooks.register("register_admin_search_area")
def register_search_area() -> SearchArea:
    """Add payments to Wagtail's search areas."""
    return PaymentsSearchArea(
        label=_("Payments"),
        url=reverse("wagtail_payments_payment:index"),
        name="payments",
        icon_name="payments",
        order=700,
    )


hooks.register("register_log_actions", audit.register_log_actions)
hooks.register("register_log_actions", payment_actions.register_log_actions)
hooks.register("construct_reports_menu", audit.add_site_history_item)
hooks.register("construct_snippet_action_menu", product_actions.add_publish_item)
# After Wagtail's own, which it replaces for products.
hooks.register("register_bulk_action", product_actions.ProductDeleteAction, order=1)
hooks.register("register_bulk_action", payment_bulk_actions.ExportAction)
hooks.register("register_bulk_action", payment_bulk_actions.ResendReceiptsAction)
hooks.register("register_user_listing_buttons", user_access.user_buttons)
hooks.register("before_copy_page", page_copies.check_copy)
hooks.register("before_edit_user", user_access.add_user_message)
hooks.register("register_admin_urls", user_access.admin_urls)
hooks.register("register_admin_urls", receipt_preview.admin_urls)
hooks.register("register_admin_urls", privacy.admin_urls)
