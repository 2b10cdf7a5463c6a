"""Builds rows from past payments, with the data of the provider only."""

from datetime import datetime
from uuid import UUID, uuid5

from wagtail_payments.enums import (
    CheckoutUI,
    DisputeStatus,
    Mode,
    PaymentStatus,
    RefundReason,
    RefundStatus,
)
from wagtail_payments.models import Dispute, Payment, Product, Refund
from wagtail_payments.money import is_currency
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.types import DisputeSnapshot, PastPayment, RefundSnapshot
from wagtail_payments.services.payments.apply_details import fee_is_reported
from wagtail_payments.services.payments.apply_refunds import GIVEN_STATUSES

IMPORTED = UUID("5f0d2c0e-3c80-4b57-9d0b-8f6f1de0a7c1")
"""The product key of imports without a product: users who see all payments see these."""

_CLOSED = (DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.CLOSED)


def provider_mode(provider: Provider) -> Mode:
    """Return the mode of the provider."""
    return Mode.LIVE if provider.live else Mode.TEST


def payment_row(provider: Provider, past: PastPayment, product: Product | None) -> Payment:
    """Return the payment, with the time when it was paid."""
    snapshot = past.snapshot
    given = [
        item.amount for item in snapshot.refunds if RefundStatus(item.status) in GIVEN_STATUSES
    ]
    reported = fee_is_reported(snapshot)
    return Payment(
        attempt_key=f"import:{uuid5(IMPORTED, _identity(provider, past))}",
        status=PaymentStatus.SUCCEEDED,
        product=product,
        product_key=product.translation_key if product else IMPORTED,
        price_key=IMPORTED,
        title=(product.name if product else provider.alias)[:255],
        unit_amount=snapshot.amount,
        amount=snapshot.amount,
        currency=snapshot.currency,
        payer_name=past.payer_name[:255],
        payer_email=past.payer_email[:254],
        provider=provider.alias,
        mode=provider_mode(provider),
        ui=CheckoutUI.HOSTED,
        checkout_reference=snapshot.checkout_reference,
        payment_reference=snapshot.payment_reference,
        method_type=snapshot.method.type,
        method_brand=snapshot.method.brand,
        method_last4=snapshot.method.last4,
        fee=snapshot.fee if reported else None,
        fee_currency=snapshot.fee_currency if reported else "",
        captured_amount=snapshot.amount,
        refunded_amount=min(sum(given), snapshot.amount),
        created_at=past.paid_at,
        paid_at=past.paid_at,
        expires_at=past.paid_at,
        next_check_at=None,
    )


def _identity(provider: Provider, past: PastPayment) -> str:
    return f"{provider.alias}:{provider_mode(provider)}:{past.snapshot.payment_reference}"


def refund_row(payment: Payment, snapshot: RefundSnapshot, paid_at: datetime) -> Refund:
    """Return one of its refunds, dated by its request."""
    moment = snapshot.created_at or paid_at
    status = RefundStatus(snapshot.status)
    return Refund(
        payment=payment,
        provider=payment.provider,
        mode=payment.mode,
        reference=snapshot.reference,
        status=status,
        amount=snapshot.amount,
        reason=snapshot.reason if snapshot.reason in RefundReason.values else "",
        failure_reason=snapshot.failure_reason[:255],
        created_at=moment,
        settled_at=None if status == RefundStatus.PENDING else moment,
    )


def dispute_row(payment: Payment, snapshot: DisputeSnapshot, paid_at: datetime) -> Dispute:
    """Return one of its disputes. The closing date is not reported, so the opening date is used."""
    moment = snapshot.created_at or paid_at
    return Dispute(
        payment=payment,
        provider=payment.provider,
        mode=payment.mode,
        reference=snapshot.reference,
        status=str(snapshot.status),
        amount=snapshot.amount,
        currency=snapshot.currency if is_currency(snapshot.currency) else "",
        reason=snapshot.reason[:60],
        due_by=snapshot.due_by,
        created_at=moment,
        closed_at=moment if DisputeStatus(snapshot.status) in _CLOSED else None,
    )
