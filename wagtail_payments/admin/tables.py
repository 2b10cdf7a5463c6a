"""The columns of our lists."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import (
    BaseColumn,
    BulkActionsCheckboxColumn,
    Column,
    NumberColumn,
    StatusTagColumn,
    TitleColumn,
)

from ..enums import PaymentStatus
from ..models import Payment, Product
from ..selectors.payers import payer_shown


class AmountColumn(NumberColumn):
    """An amount as people write it."""

    def get_value(self, instance: Payment) -> Any:
        """Return the amount in the active language."""
        return instance.display_amount


class DateTimeColumn(Column):
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


class PayerColumn(Column):
    """Who paid, as far as whoever looks at the list may know."""

    def get_cell_context_data(self, instance: Payment, parent_context: Any) -> dict[str, Any]:
        """Replace the value by what this user may see."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        payer = payer_shown(instance, parent_context["request"].user)
        return {**context, "value": payer.name or payer.email or str(payer)}


def _is_paid(payment: Payment) -> bool:
    return payment.status == PaymentStatus.SUCCEEDED


def product_prices_text(product: Product) -> str:
    """Return what a product costs in words, price after price."""
    chosen = gettext("chosen by the payer")
    return ", ".join(price.display_amount or chosen for price in product.prices.all())


class ModeColumn(Column):
    """Whether money is real; test money has a mark."""

    cell_template_name = "wagtail_payments/admin/test_cell.html"


def _title_id(payment: Payment) -> str:
    return f"payment_{payment.pk}_title"


def _inspect_url(payment: Payment) -> str:
    return reverse("wagtail_payments_payment:inspect", args=[payment.pk])


def payment_columns() -> list[str | BaseColumn]:
    """Return the columns; the one with the product links to the payment."""
    return [
        BulkActionsCheckboxColumn("bulk_actions", obj_type="payment"),
        TitleColumn("title", label=_("Product"), get_url=_inspect_url, get_title_id=_title_id),
        AmountColumn("amount", label=_("Amount"), sort_key="amount", classname="wp-number"),
        StatusTagColumn("status", label=_("Status"), accessor="display_status", primary=_is_paid),
        ModeColumn("mode", label=_("Mode"), accessor="get_mode_display"),
        PayerColumn("payer", label=_("Payer"), accessor="payer_id", classname="wp-anybody"),
        Column("method", label=_("Method"), accessor="display_method", classname="wp-wide"),
        Column("page", label=_("Page"), accessor="page_title", classname="wp-wide"),
        DateTimeColumn("created_at", label=_("Date"), sort_key="created_at", classname="wp-moment"),
    ]
