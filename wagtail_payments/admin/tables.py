"""The columns of our lists."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Column, Table

from ..enums import Mode
from ..models import Payment, Product
from ..selectors.payers import payer_shown


class PlainColumn(Column):
    """A column of text, written without a template: a list has hundreds of cells."""

    def render_cell_html(self, instance: Any, parent_context: Any) -> str:
        """Return the cell."""
        content = self.content(instance, parent_context)
        return format_html('<td class="{}">{}</td>', self.classname or "", content)

    def content(self, instance: Any, parent_context: Any) -> Any:
        """Return what is in the cell; anything but safe HTML is escaped."""
        return self.get_value(instance)


class AmountColumn(PlainColumn):
    """An amount as people write it."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, **{"accessor": "display_amount", "classname": "wp-number", **kwargs})


class QuickTable(Table):
    """A table whose cells are put together here: a template tag for each takes as long as its content."""

    template_name = "wagtail_payments/admin/quick_table.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Add the rows."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        shared = {"request": parent_context["request"], "table": self, "row": None}
        columns = list(self.columns.values())
        rows = (
            (
                format_html_join(
                    "", "{}", ((each.render_cell_html(item, shared),) for each in columns)
                ),
            )
            for item in self.data
        )
        return {**context, "body": format_html_join("\n", "<tr>{}</tr>", rows)}


class DateTimeColumn(PlainColumn):
    """A date as accountants want it, not "two days ago"."""

    def get_value(self, instance: Model) -> str:
        """Return date and time in the active time zone, a dash where there is none."""
        moment = super().get_value(instance)
        return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"


class LinkColumn(Column):
    """A text that leads somewhere. Unlike Wagtail's title it is never broken inside a word."""

    cell_template_name = "wagtail_payments/admin/link_cell.html"

    def __init__(self, name: str, *, get_url: Callable[[Any], str | None], **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.get_url = get_url

    def get_cell_context_data(self, instance: Model, parent_context: Any) -> dict[str, Any]:
        """Add the address, None where there is nothing to go to."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {**context, "url": self.get_url(instance)}


class PayerColumn(PlainColumn):
    """Who paid, as far as whoever looks at the list may know."""

    def content(self, instance: Payment, parent_context: Any) -> str:
        """Return what this user may see."""
        payer = payer_shown(instance, parent_context["request"].user)
        return payer.name or payer.email or str(payer)


def product_prices_text(product: Product) -> str:
    """Return what a product costs in words, price after price."""
    chosen = gettext("chosen by the payer")
    return ", ".join(price.display_amount or chosen for price in product.prices.all())


class PaymentTitleColumn(PlainColumn):
    """What was bought; it leads to the payment."""

    def content(self, instance: Payment, parent_context: Any) -> str:
        """Return the link, whose id names the row's checkbox, and for phones the date."""
        return format_html(
            '<a href="{}" id="payment_{}_title">{}</a> <span class="wp-narrow wp-note">{}</span>',
            reverse("wagtail_payments_payment:inspect", args=[instance.pk]),
            instance.pk,
            instance.title,
            instance.display_created_at,
        )


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
        PlainColumn(
            "created_at",
            label=_("Date"),
            accessor="display_created_at",
            sort_key="created_at",
            classname="wp-moment wp-wide",
        ),
    ]
