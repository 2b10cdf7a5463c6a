"""Labels and messages of Wagtail's audit log."""

from typing import Any

import django
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.models.audit_log import LogEntryQuerySet

from wagtail_payments.enums import EventKind, ExportKind
from wagtail_payments.models import (
    ApiToken,
    Discrepancy,
    Payment,
    PaymentsLogEntry,
    Product,
    WebhookEvent,
)
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import ACCESS_CHANGED, visible_log_entries
from wagtail_payments.selectors.user_access import rights_in_order
from wagtail_payments.services.api_tokens import CREATED, REVOKED
from wagtail_payments.services.audit import log as audit

_ACTIONS = audit.STAFF_ACTIONS

_MESSAGES = (
    (_ACTIONS[EventKind.ERASED], gettext_lazy("Erase payer"), gettext_lazy("Payer erased")),
    (
        audit.PAYER_EXPORTED,
        gettext_lazy("Export payer data"),
        gettext_lazy("Payer data exported"),
    ),
    (
        _ACTIONS[EventKind.DELIVERY_RESENT],
        gettext_lazy("Send delivery again"),
        gettext_lazy("Delivery sent again"),
    ),
    (audit.PAYERS_SEEN, gettext_lazy("View payer"), gettext_lazy("Payer viewed")),
    (
        audit.EVENT_REPLAYED,
        gettext_lazy("Process webhook event again"),
        gettext_lazy("Processed again"),
    ),
    (
        audit.EVENT_IGNORED,
        gettext_lazy("Ignore webhook event"),
        gettext_lazy("Ignored"),
    ),
    (
        audit.EVENT_REDACTED,
        gettext_lazy("Remove payload of webhook event"),
        gettext_lazy("Payload removed"),
    ),
    (
        audit.EVENTS_REPLAYED,
        gettext_lazy("Process failed webhook events again"),
        gettext_lazy("Failed webhook events processed again"),
    ),
    (
        audit.DISCREPANCY_DISMISSED,
        gettext_lazy("Dismiss discrepancy"),
        gettext_lazy("Discrepancy dismissed"),
    ),
    (
        audit.DISCREPANCY_REFRESHED,
        gettext_lazy("Refresh discrepancy from provider"),
        gettext_lazy("Discrepancy refreshed from provider"),
    ),
    (
        audit.COMPARED,
        gettext_lazy("Compare with the provider"),
        gettext_lazy("Comparison with the provider started"),
    ),
    (CREATED, gettext_lazy("Create API token"), gettext_lazy("API token created")),
    (REVOKED, gettext_lazy("Revoke API token"), gettext_lazy("API token revoked")),
)
"""Actions with a fixed message: the action, its label in the filter, and the message.

Staff actions on payments are registered by ``admin.payments.actions``.
"""


class RefundFormatter(LogFormatter):
    """Shows the refunded amount."""

    label = gettext_lazy("Refund")

    @override
    def format_message(self, entry: Any) -> str:
        amount = format_amount(entry.data["amount"], entry.data["currency"])
        return _("Refund of %(amount)s") % {"amount": amount}


class AccessFormatter(LogFormatter):
    """Shows the permissions that a user or group was granted, and the ones that were revoked."""

    label = gettext_lazy("Change access")

    @override
    def format_message(self, entry: Any) -> str:
        parts = [_("Access of %(who)s") % {"who": entry.data["holder"]}]
        for text, name in ((_("granted"), "given"), (_("revoked"), "taken")):
            rights = rights_in_order(entry.data[name])
            if rights:
                labels = ", ".join(str(right.label) for right in rights)
                parts.append(_("%(what)s: %(rights)s") % {"what": text, "rights": labels})
        return "; ".join(parts)


class ExportFormatter(LogFormatter):
    """Shows the kind, the number of rows, the format and the filter of an export."""

    label = gettext_lazy("Export payments")

    @override
    def format_message(self, entry: Any) -> str:
        rows = entry.data["rows"]
        text = ngettext(
            "Exported: %(what)s, %(rows)s row (%(format)s). Filter: %(filter)s",
            "Exported: %(what)s, %(rows)s rows (%(format)s). Filter: %(filter)s",
            rows,
        )
        return text % {
            "what": ExportKind(entry.data.get("kind", ExportKind.PAYMENTS)).label,
            "rows": rows,
            "format": entry.data["format"],
            "filter": entry.data["filter"] or "–",
        }


def add_site_history_item(request: HttpRequest, items: list[MenuItem]) -> None:
    """Add the site history to the menu of users who can see some of our entries.

    Wagtail adds it only for page editors.
    """
    if any(item.name == "site-history" for item in items):
        return
    if visible_log_entries(request.user).exists():
        url = reverse("wagtailadmin_reports:site_history")
        items.append(MenuItem(_("Site history"), url, name="site-history", icon_name="history"))


def join_logs_unordered() -> None:
    """Keep Wagtail's site history working with three audit logs on SQLite.

    Wagtail joins the logs with nested unions. Since Django 6.1 a union has its model's default
    ordering, and SQLite cannot order an inner union. Wagtail has two logs, and this package adds a third.
    """

    def union(logs: Any, *others: Any, **kwargs: Any) -> Any:
        return QuerySet.union(logs.order_by(), *others, **kwargs)

    if django.VERSION >= (6, 1):
        LogEntryQuerySet.union = union


def register_log_actions(actions: Any) -> None:
    """Register our log model and our actions with Wagtail's audit log."""
    for model in (Product, Payment, Discrepancy, WebhookEvent, ApiToken):
        actions.register_model(model, PaymentsLogEntry)
    for action, label, message in _MESSAGES:
        actions.register_action(action, label, message)
    actions.register_action(ACCESS_CHANGED)(AccessFormatter)
    actions.register_action(audit.PAYMENTS_EXPORTED)(ExportFormatter)
