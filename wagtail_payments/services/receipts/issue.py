"""Issues receipts: allots a number, freezes the content, and reads it again."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format

from wagtail_payments.enums import Mode, SeriesKind
from wagtail_payments.models import CreditNote, Payment, PaymentSettings, Receipt
from wagtail_payments.money import format_amount

from .numbering import numbers_take


def receipt_issue(*, payment: Payment, seller: PaymentSettings) -> Receipt:
    """Issue the receipt of ``payment``. Call it last in the transaction that marks it as paid."""
    (taken,) = numbers_take(name=seller.receipt_series, mode=payment.mode, kind=SeriesKind.RECEIPT)
    return Receipt.objects.create(
        payment=payment,
        language=payment.language or settings.LANGUAGE_CODE,
        data=receipt_data(payment=payment, seller=seller),
        **taken.fields,
    )


def receipt_view(receipt: Receipt) -> dict[str, Any]:
    """Return the content of a receipt, with amounts and dates in the active language."""
    data = receipt.data
    currency, received = data["currency"], data.get("received")
    return {
        **data,
        **numbered_view(receipt),
        "paid_at": moment_view(data["paid_at"]),
        "lines": [_line_view(line, currency) for line in data["lines"]],
        "total": format_amount(data["amount"], currency),
        "received": "" if received is None else format_amount(received, currency),
    }


def numbered_view(row: Receipt | CreditNote) -> dict[str, Any]:
    """Return the content that receipts and credit notes share."""
    data, zone = row.data, timezone.get_default_timezone()
    return {
        "code": row.code,
        "test": row.series.mode == Mode.TEST,
        "issued_at": timezone.localtime(row.issued_at, zone),
        "tax": format_amount(data["tax_amount"], data["currency"]),
        "tax_rate": number_format(Decimal(data["tax_rate"])) if data["tax_rate"] else "",
    }


def moment_view(text: str) -> datetime | None:
    """Return the time of an ISO text in the site's time zone, None for an empty text."""
    moment = parse_datetime(text) if text else None
    return moment and timezone.localtime(moment, timezone.get_default_timezone())


def receipt_filename(receipt: Receipt) -> str:
    """Return the PDF's file name, without any data of the payer."""
    return f"receipt-{receipt.code}.pdf"


def receipt_data(*, payment: Payment, seller: PaymentSettings) -> dict[str, Any]:
    """Return the frozen content of a receipt for ``payment``: seller, payer and lines as of now.

    ``received`` is the amount received, if staff accepted another amount than requested.
    """
    received = payment.captured_amount or payment.amount
    return {
        **parties_data(payment=payment, seller=seller),
        "lines": [
            {
                "title": payment.title,
                "price": payment.price_name,
                "quantity": payment.quantity,
                "unit_amount": payment.unit_amount,
                "amount": payment.amount,
            }
        ],
        "amount": payment.amount,
        "received": received if received != payment.amount else None,
        "tax_amount": payment.tax_amount,
        "paid_at": payment.paid_at.isoformat() if payment.paid_at else "",
        "method": payment.display_method,
    }


def parties_data(*, payment: Payment, seller: PaymentSettings) -> dict[str, Any]:
    """Return the frozen content that receipts and credit notes share: seller, payer and payment."""
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
        "currency": payment.currency,
        "tax_rate": f"{payment.tax_rate.normalize():f}" if payment.tax_rate else "",
        "transaction_id": str(payment.public_id),
    }


def _line_view(line: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        **line,
        "unit_display": format_amount(line["unit_amount"], currency),
        "amount_display": format_amount(line["amount"], currency),
    }
