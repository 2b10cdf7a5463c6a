"""Payments in a file: only what this user may take away, and nothing that a spreadsheet would run."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from ..models import Payment
from ..money import format_plain
from ..permissions import may_export
from ..selectors.payers import payer_shown
from ..selectors.status import payment_date
from ..services.audit import PAYMENTS_EXPORTED, audit_many
from .filters import PaymentFilterSet

Cell = Callable[[Payment, Any], Any]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a text (https://owasp.org/www-community/attacks/CSV_Injection)."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML, and so XLSX, can't hold."""


def harmless(value: Any) -> Any:
    """Return ``value`` so that no spreadsheet takes a text for a formula, or can't be written."""
    if not isinstance(value, str):
        return value
    text = _UNWRITABLE.sub("", value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _money(payment: Payment, amount: int | None, currency: str = "") -> Decimal | str:
    return "" if amount is None else Decimal(format_plain(amount, currency or payment.currency))


def _receipt(payment: Payment) -> str:
    receipt = getattr(payment, "receipt", None)
    return receipt.code if receipt else ""


_COLUMNS: dict[str, tuple[str | Promise, Cell]] = {
    "date": (_("Date"), lambda payment, user: payment_date(payment).isoformat(" ", "seconds")),
    "transaction": (_("Transaction"), lambda payment, user: str(payment.public_id)),
    "receipt": (_("Receipt"), lambda payment, user: _receipt(payment)),
    "product": (_("Product"), lambda payment, user: payment.title),
    "price": (_("Price"), lambda payment, user: payment.price_name),
    "quantity": (_("Quantity"), lambda payment, user: payment.quantity),
    "amount": (_("Amount"), lambda payment, user: _money(payment, payment.amount)),
    "currency": (_("Currency"), lambda payment, user: payment.currency),
    "tax": (_("Tax included"), lambda payment, user: _money(payment, payment.tax_amount)),
    "refunded": (_("Refunded"), lambda payment, user: _money(payment, payment.refunded_amount)),
    "fee": (_("Fee"), lambda payment, user: _money(payment, payment.fee, payment.fee_currency)),
    "status": (_("Status"), lambda payment, user: payment.display_status),
    "method": (_("Method"), lambda payment, user: payment.display_method),
    "name": (_("Name"), lambda payment, user: payer_shown(payment, user).name),
    "email": (_("E-mail"), lambda payment, user: payer_shown(payment, user).email),
    "page": (_("Page"), lambda payment, user: payment.page_title),
    "provider": (_("Provider"), lambda payment, user: payment.provider),
    "mode": (_("Mode"), lambda payment, user: payment.get_mode_display()),
}


class PaymentExportMixin:
    """A list of payments that whoever may export them can download as CSV or XLSX."""

    request: HttpRequest
    is_export: bool
    list_export = list(_COLUMNS)
    export_headings = {name: heading for name, (heading, _cell) in _COLUMNS.items()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse the download to those who may not."""
        if self.is_export and not may_export(request.user):
            raise PermissionDenied
        response: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return response

    @cached_property
    def show_export_buttons(self) -> bool:
        """Whether the list offers it."""
        return may_export(self.request.user)

    def get_filename(self) -> str:
        """Return the file's name, which says nothing about any payer."""
        return f"payments-{timezone.localdate():%Y-%m-%d}"

    def to_row_dict(self, item: Payment) -> dict[str, Any]:
        """Return a payment's cells."""
        return {name: cell(item, self.request.user) for name, (_h, cell) in _COLUMNS.items()}

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """Return a cell as it is written."""
        return harmless(value)

    def as_spreadsheet(self, queryset: QuerySet[Payment], spreadsheet_format: str) -> Any:
        """Write down who takes how much away, and return the file."""
        payments = queryset.select_related("receipt")
        audit_many(
            self.request.user,
            PAYMENTS_EXPORTED,
            rows=payments.count(),
            format=spreadsheet_format,
            filter=self._filter_text(),
        )
        return super().as_spreadsheet(payments, spreadsheet_format)  # type: ignore[misc]

    def _filter_text(self) -> str:
        """Return what was filtered by; not what was searched for, which may name a payer."""
        query, known = self.request.GET, PaymentFilterSet.base_filters
        words = [
            f"{name}={'…' if name == 'q' else ', '.join(values)}"
            for name, values in query.lists()
            if any(values)
            and (name == "q" or name.removesuffix("_from").removesuffix("_to") in known)
        ]
        return " ".join(words)
