"""The payments, one row each, with the data that the user may see."""

from decimal import Decimal
from functools import cache, cached_property, partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wagtail_payments.enums import Mode, PaymentStatus
from wagtail_payments.models import Payment
from wagtail_payments.money import to_major
from wagtail_payments.permissions import PAYERS, user_rights
from wagtail_payments.selectors.payments.amounts import payments_disputed
from wagtail_payments.utils.dates import site_today

from .batches import rows_in_batches
from .cells import date_heading, in_this_language, site_time
from .tables import Column, Kind, Row, Table

_NAMES = (
    "paid_at", "created_at", "public_id", "receipt__code", "product_key", "title", "price_name",
    "quantity", "amount", "captured_amount", "currency", "tax_amount", "refunded_amount", "fee",
    "fee_currency", "status", "method_type", "method_brand", "method_last4", "payer_name",
    "payer_email", "page_title", "provider", "mode", "pk",
)  # fmt: skip
_NEWEST_FIRST = "-created_at"
_ORDERS = {sign + name for sign in ("", "-") for name in ("created_at", "amount")}


def payments_table(payments: QuerySet[Payment], *, user: Any) -> Table:
    """Return ``payments``, which ``user`` may export, in the order of the list."""
    order, row = _order(payments), _RowMaker(payments, user)
    return Table(
        name=f"payments-{site_today()}",
        columns=_columns(),
        rows=lambda: map(row, rows_in_batches(payments, _NAMES, by=order)),
        count=payments.count,
    )


def _order(payments: QuerySet[Payment]) -> str:
    """Return the sort column; the newest first, if batches cannot follow the list's order."""
    first = str((*payments.query.order_by, "")[0])
    return first if first in _ORDERS else _NEWEST_FIRST


def _columns() -> list[Column]:
    return [
        Column(date_heading(), Kind.MOMENT, 20),
        Column(_("Transaction"), width=38),
        Column(_("Receipt"), Kind.TEXT, 18),
        Column(_("Product"), Kind.TEXT, 30),
        Column(_("Price"), Kind.TEXT),
        Column(_("Quantity"), Kind.NUMBER, 9),
        Column(_("Amount"), Kind.MONEY, 12),
        Column(_("Paid"), Kind.MONEY, 12),
        Column(_("Currency"), width=9),
        Column(_("Included tax"), Kind.MONEY, 12),
        Column(_("Refunded"), Kind.MONEY, 12),
        Column(_("Disputed"), Kind.MONEY, 12),
        Column(_("Fee"), Kind.MONEY, 12),
        Column(_("Fee currency"), width=14),
        Column(_("Net"), Kind.MONEY, 12),
        Column(_("Status"), width=16),
        Column(_("Method"), Kind.TEXT, 20),
        Column(_("Name"), Kind.TEXT, 25),
        Column(_("E-mail"), Kind.TEXT, 30),
        Column(_("Page"), Kind.TEXT, 25),
        Column(_("Provider"), Kind.TEXT, 12),
        Column(_("Mode"), width=8),
    ]


class _RowMaker:
    """Builds a row from a payment's values. Repeated lookups are cached."""

    def __init__(self, payments: QuerySet[Payment], user: Any) -> None:
        self.payments = payments
        self.in_site_time = site_time()
        self.sees = cache(partial(_sees_payer, user))
        self.method = in_this_language(_method_name)
        self.status = in_this_language(_status_words)
        self.mode = in_this_language(lambda mode: Mode(mode).label)

    @cached_property
    def disputed(self) -> dict[int, int | None]:
        """Return the disputed amounts by payment."""
        return payments_disputed(self.payments)

    def __call__(self, values: tuple[Any, ...]) -> Row:
        """Return the row, in the order of :func:`_columns`."""
        (
            paid_at, created_at, public_id, receipt, product, title, price,
            quantity, amount, captured, currency, tax, refunded, fee,
            fee_currency, status, method, brand, last4, name,
            email, page, provider, mode, pk,
        ) = values  # fmt: skip
        fee_currency = fee_currency or currency
        disputed = self.disputed.get(pk, 0)
        gone = None if disputed is None else refunded + disputed
        way, shown = self.method(method, brand), self.sees(product)
        return (
            self.in_site_time(paid_at or created_at),
            public_id,
            receipt,
            title,
            price,
            quantity,
            to_major(amount, currency),
            to_major(captured, currency) if status == PaymentStatus.SUCCEEDED else None,
            currency,
            to_major(tax, currency),
            to_major(refunded, currency),
            None if disputed is None else to_major(disputed, currency),
            None if fee is None else to_major(fee, fee_currency),
            "" if fee is None else fee_currency,
            _net(captured, gone, fee or 0, currency, fee_currency),
            self.status(status, bool(refunded), refunded < captured),
            f"{way} •••• {last4}" if last4 else way,
            name if shown else "",
            email if shown else "",
            page,
            provider,
            self.mode(mode),
        )


def _sees_payer(user: Any, product_key: UUID) -> bool:
    return user_rights(user).on_product(PAYERS, product_key)


def _net(
    captured: int, gone: int | None, fee: int, currency: str, fee_currency: str
) -> Decimal | None:
    """Return the net amount; None if nothing was paid or other currencies are involved."""
    if not captured or gone is None or fee_currency != currency:
        return None
    return to_major(captured - gone - fee, currency)


def _method_name(method: str, brand: str) -> str:
    return Payment(method_type=method, method_brand=brand).display_method


def _status_words(status: str, refunded: bool, some_kept: bool) -> str:
    """Return the labels of all statuses of a payment."""
    amounts = {"refunded_amount": int(refunded), "captured_amount": 1 + some_kept}
    return str(Payment(status=status, **amounts).display_status)
