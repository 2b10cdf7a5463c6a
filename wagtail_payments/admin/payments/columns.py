"""The columns of the payments list."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Table

from wagtail_payments.admin.generic.tables import AmountColumn, PlainColumn
from wagtail_payments.enums import Mode
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.payers import payer_shown


class QuickTable(Table):
    """A table whose cells are rendered without template tags, which would double the time.

    Columns can cache values for all rows, or for all cells of a row, in the context.
    """

    template_name = "wagtail_payments/admin/payments/table.html"

    @override
    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
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
    """The payer, if the user can see it."""

    @override
    def get_content(self, instance: Payment, parent_context: Any) -> str:
        payer = payer_shown(instance, parent_context["request"].user)
        return payer.name or payer.email or str(payer)


class PaymentTitleColumn(PlainColumn):
    """The product's name, linked to the payment. On phones, also the date."""

    @override
    def get_content(self, instance: Payment, parent_context: Any) -> str:
        # The checkbox of the row refers to the id.
        return format_html(
            '<a href="{}" id="payment_{}_title">{}</a> <span class="wp-narrow wp-note">{}</span>',
            parent_context["payment_url"](instance.pk),
            instance.pk,
            instance.title,
            _created(instance, parent_context),
        )


class PaymentDateColumn(PlainColumn):
    """When the payment was started."""

    @override
    def get_content(self, instance: Payment, parent_context: Any) -> str:
        return _created(instance, parent_context)


def payment_urls() -> Callable[[int], str]:
    """Return a function from a payment's id to its URL. It is much faster than ``reverse()``."""
    placeholder = 1234567890
    url = reverse("wagtail_payments_payment:inspect", args=[placeholder])
    prefix, suffix = url.rsplit(str(placeholder), 1)
    return lambda pk: f"{prefix}{pk}{suffix}"


def _created(payment: Payment, context: Any) -> str:
    """Return the formatted date. Two cells of a row use it."""
    if context.get("created_pk") != payment.pk:
        context["created_pk"], context["created"] = payment.pk, payment.display_created_at
    return str(context["created"])


class PaymentStatusColumn(PlainColumn):
    """The status, and a tag for test payments."""

    @override
    def get_content(self, instance: Payment, parent_context: Any) -> str:
        primary = " w-status--primary" if instance.is_paid else ""
        status = format_html(_TAG, primary, instance.display_status)
        mark = format_html(_TAG, "", Mode.TEST.label) if instance.is_test else ""
        return format_html("{} {}", status, mark) if mark else status


class PaymentCheckboxColumn(BulkActionsCheckboxColumn):
    """A checkbox that selects a payment for bulk actions, with the markup that Wagtail's script uses."""

    @override
    def render_cell_html(self, instance: Payment, parent_context: Any) -> str:
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
    """Return the columns."""
    return [
        PaymentCheckboxColumn("bulk_actions", obj_type="payment"),
        PaymentTitleColumn("title", label=_("Product"), classname="title"),
        AmountColumn("amount", label=_("Amount"), sort_key="amount"),
        PaymentStatusColumn("status", label=_("Status")),
        PayerColumn("payer", label=_("Payer"), classname="wp-name"),
        PlainColumn("method", label=_("Method"), accessor="display_method", classname="wp-wide"),
        PlainColumn("page", label=_("Page"), accessor="page_title", classname="wp-wide"),
        PaymentDateColumn(
            "created_at",
            label=_("Date"),
            sort_key="created_at",
            classname="wp-moment wp-wide",
        ),
    ]
