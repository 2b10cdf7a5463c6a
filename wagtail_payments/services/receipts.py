"""Receipts: taking a number, freezing what it says, saying it again."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ..enums import Mode
from ..models import Payment, PaymentSettings, Receipt, ReceiptSeries
from ..money import format_amount


def receipt_issue(*, payment: Payment, seller: PaymentSettings) -> Receipt:
    """Give ``payment`` the next number of its series. Call it in the transaction that made it paid.

    The series' row stays locked until that transaction ends, so a number that isn't used isn't lost.
    """
    issued_at = timezone.now()
    series = _series_locked(
        name=seller.receipt_series,
        year=timezone.localtime(issued_at, timezone.get_default_timezone()).year,
        mode=payment.mode,
    )
    receipt = Receipt.objects.create(
        payment=payment,
        series=series,
        number=series.next_number,
        code=f"{series}-{series.next_number:05d}",
        language=payment.language or settings.LANGUAGE_CODE,
        data=receipt_data(payment=payment, seller=seller),
        issued_at=issued_at,
    )
    series.next_number += 1
    series.save(update_fields=["next_number"])
    return receipt


def receipt_view(receipt: Receipt) -> dict[str, Any]:
    """Return what a receipt says, with amounts and dates in the active language."""
    data = receipt.data
    zone = timezone.get_default_timezone()
    paid_at = parse_datetime(data["paid_at"])
    lines = [_line_view(line, data["currency"]) for line in data["lines"]]
    return {
        **data,
        "code": receipt.code,
        "test": receipt.series.mode == Mode.TEST,
        "issued_at": timezone.localtime(receipt.issued_at, zone),
        "paid_at": paid_at and timezone.localtime(paid_at, zone),
        "lines": lines,
        "total": format_amount(data["amount"], data["currency"]),
        "tax": format_amount(data["tax_amount"], data["currency"]),
    }


def receipt_filename(receipt: Receipt) -> str:
    """Return the PDF's file name, which says nothing about the payer."""
    return f"receipt-{receipt.code}.pdf"


def _series_locked(*, name: str, year: int, mode: str) -> ReceiptSeries:
    names: dict[str, Any] = {"name": name, "year": year, "mode": mode}
    locked = ReceiptSeries.objects.select_for_update()
    found = locked.filter(**names).first()
    if found is None:
        ReceiptSeries.objects.get_or_create(**names)
        found = locked.get(**names)
    return found


def receipt_data(*, payment: Payment, seller: PaymentSettings) -> dict[str, Any]:
    """Return what a receipt for ``payment`` says, as it is kept: seller, payer and lines as now."""
    return {
        "seller": {
            "name": seller.seller_name,
            "address": seller.seller_address,
            "tax_number": seller.seller_tax_number,
            "email": seller.support_email,
            "logo": seller.logo.file.name if seller.logo else "",
        },
        "footer": seller.receipt_footer,
        "payer": {"name": payment.payer_name, "email": payment.payer_email},
        "lines": [
            {
                "title": payment.title,
                "price": payment.price_name,
                "quantity": payment.quantity,
                "unit_amount": payment.unit_amount,
                "amount": payment.amount,
            }
        ],
        "currency": payment.currency,
        "amount": payment.amount,
        "tax_rate": str(payment.tax_rate.normalize()) if payment.tax_rate else "",
        "tax_amount": payment.tax_amount,
        "paid_at": payment.paid_at.isoformat() if payment.paid_at else "",
        "transaction_id": str(payment.public_id),
        "method": payment.display_method,
    }


def _line_view(line: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        **line,
        "unit_display": format_amount(line["unit_amount"], currency),
        "amount_display": format_amount(line["amount"], currency),
    }
