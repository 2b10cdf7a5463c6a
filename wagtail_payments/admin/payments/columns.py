"""The columns of the list of payments."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Table

from wagtail_payments.admin.generic.tables import AmountColumn, PlainColumn
from wagtail_payments.enums import Mode
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.payers import payer_shown


class QuickTable(Table):
    """A table whose cells are put together here: a template tag for each takes as long as its content.

    What its columns work out once for all rows, or for all cells of a row, they keep in the context.
    """

    template_name = "wagtail_payments/admin/payments/table.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Add the rows."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        shared = {
            "request": parent_context["request"],
            "table": self,
            "row": None,
            "payment_url": payment_urls(),
        }
        columns = list(self.columns.values())
        rows = (
            (
                format_html_join(
                    "", "{}", ((column.render_cell_html(item, shared),) for column in columns)
                ),
            )
            for item in self.data
        )
        return {**context, "body": format_html_join("\n", "<tr>{}</tr>", rows)}


class PayerColumn(PlainColumn):
    """Who paid, as far as whoever looks at the list may know."""

    def content(self, instance: Payment, parent_context: Any) -> str:
        """Return what this user may see."""
        payer = payer_shown(instance, parent_context["request"].user)
        return payer.name or payer.email or str(payer)


class PaymentTitleColumn(PlainColumn):
    """What was bought; it leads to the payment."""

    def content(self, instance: Payment, parent_context: Any) -> str:
        """Return the link, whose id names the row's checkbox, and for phones the date."""
        return format_html(
            '<a href="{}" id="payment_{}_title">{}</a> <span class="wp-narrow wp-note">{}</span>',
            parent_context["payment_url"](instance.pk),
            instance.pk,
            instance.title,
            _created(instance, parent_context),
        )


class PaymentDateColumn(PlainColumn):
    """When a payment was begun."""

    def content(self, instance: Payment, parent_context: Any) -> str:
        """Return date and time."""
        return _created(instance, parent_context)


def payment_urls() -> Callable[[int], str]:
    """Return what makes a payment's address from its id: reversing each takes as long as its cell."""
    before, after = reverse(_PAYMENT, args=[_ANY]).rsplit(str(_ANY), 1)
    return lambda pk: f"{before}{pk}{after}"


_PAYMENT, _ANY = "wagtail_payments_payment:inspect", 1234567890


def _created(payment: Payment, context: Any) -> str:
    """Return when it was begun; two cells of a row say so."""
    if context.get("created_of") != payment.pk:
        context["created_of"], context["created"] = payment.pk, payment.display_created_at
    return str(context["created"])


class PaymentStatusColumn(PlainColumn):
    """The status; test money has a mark."""

    def content(self, instance: Payment, parent_context: Any) -> str:
        """Return one tag or two."""
        primary = " w-status--primary" if instance.is_paid else ""
        status = format_html(_TAG, primary, instance.display_status)
        mark = format_html(_TAG, "", Mode.TEST.label) if instance.is_test else ""
        return format_html("{} {}", status, mark) if mark else status


class PaymentCheckboxColumn(BulkActionsCheckboxColumn):
    """Chooses a payment for what is done with several."""

    def render_cell_html(self, instance: Payment, parent_context: Any) -> str:
        """Return the cell as Wagtail's script knows it."""
        return format_html(
            '<td class="bulk-action-checkbox-cell"><input type="checkbox" data-object-id="{}" '
            'data-bulk-action-checkbox class="bulk-action-checkbox" aria-label="{}" '
            'aria-describedby="{}"></td>',
            instance.pk,
            _("Select"),
            self.get_aria_describedby(instance),
        )


_TAG = '<span class="w-status{}">{}</span>'


def payment_columns() -> list[str | BaseColumn]:
    """Return the columns; the one with the product links to the payment."""
    return [
        PaymentCheckboxColumn("bulk_actions", obj_type="payment"),
        PaymentTitleColumn("title", label=_("Product"), classname="title"),
        AmountColumn("amount", label=_("Amount"), sort_key="amount"),
        PaymentStatusColumn("status", label=_("Status")),
        PayerColumn("payer", label=_("Payer"), classname="wp-anybody"),
        PlainColumn("method", label=_("Method"), accessor="display_method", classname="wp-wide"),
        PlainColumn("page", label=_("Page"), accessor="page_title", classname="wp-wide"),
        PaymentDateColumn(
            "created_at",
            label=_("Date"),
            sort_key="created_at",
            classname="wp-moment wp-wide",
        ),
    ]
