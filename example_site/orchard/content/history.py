"""Writes past payments straight into the tables: nothing is mailed, no signal is sent."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from wagtail_payments.enums import EventKind, EventSource, Mode, PaymentStatus
from wagtail_payments.models import Payment, PaymentEvent, Product
from wagtail_payments.money import included_tax

from .receipts import receipts_write
from .sales import Sale, year_of_sales
from .users import payer

PAST = UUID("0d6a3c52-6c4b-4c3c-8d40-3f0a5b1d7e21")


@transaction.atomic
def history_ensure(site: Site, products: dict[str, Product]) -> int:
    """Write a year of payments, unless there is one; return how many were written."""
    key = str(uuid5(PAST, "0"))
    if Payment.objects.filter(attempt_key=key).exists():
        return 0
    sales = year_of_sales(timezone.localtime())
    pages = {page.title: page for page in site.root_page.get_children()}
    payments = [
        _payment(number, sale, site, products[sale.product], pages[sale.product])
        for number, sale in enumerate(sales)
    ]
    _give_some_to_the_payer(payments)
    Payment.objects.bulk_create(payments, batch_size=100)
    _set_time(Payment, payments, [sale.started for sale in sales])
    receipts = receipts_write(site, [payment for payment in payments if payment.is_paid])
    lines = [
        line
        for payment, sale in zip(payments, sales, strict=True)
        for line in _timeline(payment, sale, receipts.get(payment.pk, ""))
    ]
    events = [event for event, _ in lines]
    PaymentEvent.objects.bulk_create(events, batch_size=100)
    _set_time(PaymentEvent, events, [when for _, when in lines])
    return len(payments)


def _payment(number: int, sale: Sale, site: Site, product: Product, page: Page) -> Payment:
    price = product.prices.filter(name=sale.price).get()
    amount = sale.unit_amount * sale.quantity
    paid = sale.status == PaymentStatus.SUCCEEDED
    brand, last4 = sale.card
    return Payment(
        attempt_key=str(uuid5(PAST, str(number))),
        site=site,
        status=sale.status,
        failure_reason="" if paid else sale.declined,
        product=product,
        product_key=product.translation_key,
        price_key=sale.old_price_key if sale.old else price.key,
        title=sale.product,
        price_name=sale.price,
        unit_amount=sale.unit_amount,
        quantity=sale.quantity,
        amount=amount,
        currency=price.currency,
        tax_rate=price.tax_rate,
        tax_amount=included_tax(amount, price.tax_rate),
        payer_name=sale.buyer,
        payer_email=_address(sale.buyer),
        language="en",
        page_id=page.pk,
        page_title=page.title,
        page_url=page.full_url,
        revision_id=page.live_revision_id,
        provider="sandbox",
        mode=Mode.TEST,
        ui="inline",
        method_type="card" if paid else "",
        method_brand=brand if paid else "",
        method_last4=last4 if paid else "",
        fee=round(amount * 0.015) + 25 if paid else None,
        captured_amount=amount if paid else 0,
        expires_at=sale.started + timedelta(minutes=30),
        paid_at=sale.finished if paid else None,
    )


def _address(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("ı", "i"))
    ascii_name = plain.encode("ascii", "ignore").decode().lower()
    return f"{ascii_name.replace(' ', '.')}@example.org"


def _give_some_to_the_payer(payments: list[Payment]) -> None:
    """Let every sixtieth payment be the payer's own."""
    user = payer()
    for payment in payments[40::60]:
        payment.payer = user
        payment.payer_name = user.get_full_name()
        payment.payer_email = user.email


def _timeline(payment: Payment, sale: Sale, receipt: str) -> list[tuple[PaymentEvent, datetime]]:
    visitor, provider = EventSource.VISITOR, EventSource.PROVIDER
    opened = sale.started + timedelta(milliseconds=180)
    lines = [
        _line(payment, EventKind.CREATED, visitor, sale.started, amount=payment.amount),
        _move(payment, visitor, opened, PaymentStatus.CREATED, PaymentStatus.PENDING),
    ]
    if sale.declined:
        when = sale.started + timedelta(seconds=20)
        reason = {"reference": f"past_{payment.pk}", "reason": sale.declined}
        lines.append(_line(payment, EventKind.ATTEMPT_DECLINED, provider, when, data=reason))
    source = EventSource.SWEEP if sale.status == PaymentStatus.EXPIRED else provider
    if payment.fee is not None:
        fee = _line(payment, EventKind.FEE_RECORDED, provider, sale.finished, amount=payment.fee)
        lines.append(fee)
    lines.append(_move(payment, source, sale.finished, PaymentStatus.PENDING, sale.status))
    if receipt:
        number = {"number": receipt}
        lines.append(_line(payment, EventKind.RECEIPT_ISSUED, provider, sale.finished, data=number))
    return lines


def _move(
    payment: Payment,
    source: EventSource,
    when: datetime,
    before: PaymentStatus,
    after: PaymentStatus,
) -> tuple[PaymentEvent, datetime]:
    data = {"before": str(before), "after": str(after)}
    return _line(payment, EventKind.STATUS_CHANGED, source, when, data=data)


def _line(
    payment: Payment,
    kind: EventKind,
    source: EventSource,
    when: datetime,
    *,
    amount: int | None = None,
    data: dict[str, str] | None = None,
) -> tuple[PaymentEvent, datetime]:
    event = PaymentEvent(payment=payment, kind=kind, source=source, amount=amount, data=data or {})
    return event, when


def _set_time(model: Any, rows: list[Any], times: list[datetime]) -> None:
    """Move ``created_at`` into the past: the field itself only knows now."""
    for row, when in zip(rows, times, strict=True):
        row.created_at = when
    model.objects.bulk_update(rows, ["created_at"], batch_size=100)
