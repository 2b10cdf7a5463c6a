"""Past receipts: numbered by year in the order of payment, as the package does it one by one."""

from django.utils import timezone
from wagtail.models import Site

from wagtail_payments.enums import Mode
from wagtail_payments.models import Payment, PaymentSettings, Receipt, ReceiptSeries
from wagtail_payments.services.receipts import receipt_data


def receipts_write(site: Site, payments: list[Payment]) -> dict[int, str]:
    """Write a receipt for each of ``payments`` (in the order of payment); return their numbers."""
    seller = PaymentSettings.for_site(site)
    by_year: dict[int, list[Payment]] = {}
    for payment in payments:
        by_year.setdefault(timezone.localtime(payment.paid_at).year, []).append(payment)
    receipts = [
        receipt for year, paid in by_year.items() for receipt in _of_year(seller, year, paid)
    ]
    Receipt.objects.bulk_create(receipts, batch_size=100)
    return {receipt.payment_id: receipt.code for receipt in receipts}


def _of_year(seller: PaymentSettings, year: int, payments: list[Payment]) -> list[Receipt]:
    series, _ = ReceiptSeries.objects.get_or_create(
        name=seller.receipt_series, year=year, mode=Mode.TEST
    )
    first = series.next_number
    series.next_number += len(payments)
    series.save()
    return [
        _receipt(seller, series, number, payment)
        for number, payment in enumerate(payments, start=first)
    ]


def _receipt(
    seller: PaymentSettings, series: ReceiptSeries, number: int, payment: Payment
) -> Receipt:
    return Receipt(
        payment=payment,
        series=series,
        number=number,
        code=f"{series}-{number:05d}",
        language=payment.language,
        data=receipt_data(payment=payment, seller=seller),
        issued_at=payment.paid_at,
    )
