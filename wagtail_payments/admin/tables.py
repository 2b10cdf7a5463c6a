"""The columns of the payments list."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, NumberColumn, StatusTagColumn

from ..enums import PaymentStatus
from ..models import Payment


class AmountColumn(NumberColumn):
    """An amount as people write it."""

    def get_value(self, instance: Payment) -> Any:
        """Return the amount in the active language."""
        return instance.display_amount


def _payer(payment: Payment) -> str:
    return payment.payer_name or payment.payer_email


def _is_paid(payment: Payment) -> bool:
    return payment.status == PaymentStatus.SUCCEEDED


def payment_columns() -> list[str | BaseColumn]:
    """Return the columns; the first one links to the payment."""
    return [
        "title",
        AmountColumn("amount", label=_("Amount"), sort_key="amount"),
        StatusTagColumn(
            "status", label=_("Status"), accessor="get_status_display", primary=_is_paid
        ),
        Column("payer", label=_("Payer"), accessor=_payer),
        Column("page", label=_("Page"), accessor="page_title"),
        Column("mode", label=_("Mode"), accessor="get_mode_display"),
        DateColumn("created_at", label=_("Date"), sort_key="created_at"),
    ]
