"""How the audit log says what was done."""

from typing import Any

import django
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
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
    (
        _ACTIONS[EventKind.RECEIVED],
        gettext_lazy("Mark payment as received"),
        gettext_lazy("Marked as received"),
    ),
    (_ACTIONS[EventKind.CANCELED], gettext_lazy("Cancel payment"), gettext_lazy("Canceled")),
    (_ACTIONS[EventKind.ERASED], gettext_lazy("Erase payer"), gettext_lazy("Payer erased")),
    (
        audit.PAYER_EXPORTED,
        gettext_lazy("Export what is kept about a payer"),
        gettext_lazy("What is kept about a payer exported"),
    ),
    (_ACTIONS[EventKind.REVIEWED], gettext_lazy("Review payment"), gettext_lazy("Reviewed")),
    (
        _ACTIONS[EventKind.DELIVERY_RESENT],
        gettext_lazy("Send mail or signal again"),
        gettext_lazy("Mail or signal sent again"),
    ),
    (audit.PAYERS_SEEN, gettext_lazy("See who paid"), gettext_lazy("Looked at who paid")),
    (
        audit.EVENT_REPLAYED,
        gettext_lazy("Process webhook event again"),
        gettext_lazy("Processed again"),
    ),
    (
        audit.EVENT_IGNORED,
        gettext_lazy("Leave webhook event at that"),
        gettext_lazy("Left at that"),
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
        gettext_lazy("Dismiss difference from the provider's books"),
        gettext_lazy("Difference from the provider's books dismissed"),
    ),
    (
        audit.DISCREPANCY_REFRESHED,
        gettext_lazy("Ask the provider about a difference"),
        gettext_lazy("Provider asked about a difference"),
    ),
    (
        audit.COMPARED,
        gettext_lazy("Compare with the provider's books now"),
        gettext_lazy("Compared with the provider's books"),
    ),
    (CREATED, gettext_lazy("Make API token"), gettext_lazy("API token made")),
    (REVOKED, gettext_lazy("Revoke API token"), gettext_lazy("API token revoked")),
)
"""What needs no more words: each action, what one filters by, and what an entry says."""


class RefundFormatter(LogFormatter):
    """How much was given back."""

    label = gettext_lazy("Refund")

    def format_message(self, entry: Any) -> str:
        """Return the amount in the active language."""
        amount = format_amount(entry.data["amount"], entry.data["currency"])
        return _("Refund of %(amount)s") % {"amount": amount}


class AccessFormatter(LogFormatter):
    """Who was given what, and what was taken away."""

    label = gettext_lazy("Change access")

    def format_message(self, entry: Any) -> str:
        """Return the rights in words."""
        words = [_("Access of %(who)s") % {"who": entry.data["holder"]}]
        for text, name in ((_("given"), "given"), (_("taken away"), "taken")):
            rights = rights_in_order(entry.data[name])
            if rights:
                labels = ", ".join(str(right.label) for right in rights)
                words.append(_("%(what)s: %(rights)s") % {"what": text, "rights": labels})
        return "; ".join(words)


class ExportFormatter(LogFormatter):
    """How many rows were taken away, and which."""

    label = gettext_lazy("Export payments")

    def format_message(self, entry: Any) -> str:
        """Return what, how many rows, and by which filter."""
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


def offer_site_history(request: HttpRequest, items: list[MenuItem]) -> None:
    """Offer the audit log to whoever may see payments or products: Wagtail offers it to page editors."""
    if any(item.name == "site-history" for item in items):
        return
    if visible_log_entries(request.user).exists():
        url = reverse("wagtailadmin_reports:site_history")
        items.append(MenuItem(_("Site history"), url, name="site-history", icon_name="history"))


def join_logs_unordered() -> None:
    """Keep Wagtail's site history working with three audit logs on SQLite.

    Wagtail joins the logs with nested unions. Since Django 6.1 a union has its model's default
    ordering, and SQLite cannot order an inner union. Wagtail has two logs; ours is the third.
    """

    def union(logs: Any, *others: Any, **kwargs: Any) -> Any:
        return QuerySet.union(logs.order_by(), *others, **kwargs)

    if django.VERSION >= (6, 1):
        LogEntryQuerySet.union = union


def register_log_actions(actions: Any) -> None:
    """Tell Wagtail's audit log what we write, and where what is about products and payments goes."""
    for model in (Product, Payment, Discrepancy, WebhookEvent, ApiToken):
        actions.register_model(model, PaymentsLogEntry)
    for action, label, done in _MESSAGES:
        actions.register_action(action, label, done)
    actions.register_action(_ACTIONS[EventKind.REFUND_REQUESTED])(RefundFormatter)
    actions.register_action(ACCESS_CHANGED)(AccessFormatter)
    actions.register_action(audit.PAYMENTS_EXPORTED)(ExportFormatter)
