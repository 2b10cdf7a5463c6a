"""Previews of a receipt and a credit note with a site's settings."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import CreditNoteKind, Mode, SeriesKind
from wagtail_payments.models import CreditNote, Payment, PaymentSettings, Receipt, ReceiptSeries
from wagtail_payments.money import included_tax

from .issue import receipt_data
from .numbering import TakenNumber
from .pdf import credit_note_pdf, receipt_pdf

_AMOUNT, _RATE = 5950, Decimal(19)
_FIRST = 0
"""A number that is never allotted."""


def sample_pdf(*, seller: PaymentSettings, language: str, kind: SeriesKind) -> bytes:
    """Return the PDF of a sample receipt or credit note in ``language``; nothing is stored."""
    now = timezone.now()
    with override(language):
        receipt = _receipt(seller, language, now)
    if kind == SeriesKind.RECEIPT:
        return receipt_pdf(receipt)
    return credit_note_pdf(_note(seller, receipt, now))


def _receipt(seller: PaymentSettings, language: str, now: datetime) -> Receipt:
    payment = Payment(
        public_id=UUID(int=0),
        title=_("A sample product"),
        price_name=_("Adult"),
        unit_amount=_AMOUNT // 2,
        quantity=2,
        amount=_AMOUNT,
        captured_amount=_AMOUNT,
        currency=payments_conf().CURRENCIES[0],
        tax_rate=_RATE,
        tax_amount=included_tax(_AMOUNT, _RATE),
        payer_name="Zoë Łukasiewicz",
        payer_email="zoe@example.org",
        method_brand="visa",
        method_last4="4242",
        language=language,
        paid_at=now,
    )
    data = receipt_data(payment=payment, seller=seller)
    number = _number(seller, SeriesKind.RECEIPT, now)
    return Receipt(payment=payment, language=language, data=data, **number.fields)


def _note(seller: PaymentSettings, receipt: Receipt, now: datetime) -> CreditNote:
    data = {
        **receipt.data,
        "receipt": receipt.code,
        "receipt_issued_at": receipt.issued_at.isoformat(),
        "moved_at": now.isoformat(),
        "cancels": "",
    }
    return CreditNote(
        kind=CreditNoteKind.REFUND,
        language=receipt.language,
        data=data,
        **_number(seller, SeriesKind.CREDIT_NOTE, now).fields,
    )


def _number(seller: PaymentSettings, kind: SeriesKind, now: datetime) -> TakenNumber:
    year = timezone.localtime(now, timezone.get_default_timezone()).year
    series = ReceiptSeries(name=seller.receipt_series, year=year, mode=Mode.TEST, kind=kind)
    return TakenNumber(series, _FIRST, now)
