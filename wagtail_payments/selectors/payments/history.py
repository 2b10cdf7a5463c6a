"""The list of a signed-in payer's own payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wagtail_payments.models import Payment

from .payments import payment_receipt_path, payment_status_path
from .status import payment_date


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One payment in a payer's list."""

    payment: Payment
    date: datetime
    status_url: str
    receipt_url: str | None


def history_rows(payments: Iterable[Payment]) -> list[HistoryRow]:
    """Return the rows of ``payments`` for the user who made them, in the same order."""
    return [
        HistoryRow(
            payment=payment,
            date=payment_date(payment),
            status_url=payment_status_path(payment),
            receipt_url=payment_receipt_path(payment, user_id=payment.payer_id),
        )
        for payment in payments
    ]
