"""Decides which receipt, emails and signals follow a change of a payment."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import DeliveryKind, EventKind, EventSource, PaymentStatus, RefundStatus
from wagtail_payments.models import Payment, PaymentSettings, Refund
from wagtail_payments.selectors.payments.payments import payment_seller
from wagtail_payments.selectors.receipts.links import receipt_withheld
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.deliveries.outbox import deliveries_add
from wagtail_payments.services.receipts.credit_notes import (
    credit_note_occurrence,
    credit_notes_due,
    credit_notes_issue,
)
from wagtail_payments.services.receipts.issue import receipt_issue

_ISSUED = "issued"
"""The occurrence of an email that is sent once per payment."""


def payment_effects_create(payment: Payment, source: EventSource) -> list[int]:
    """Queue what follows a status change, in its transaction; return the deliveries' ids."""
    if payment.status == PaymentStatus.SUCCEEDED and _is_old(payment, source):
        timeline_add(payment=payment, kind=EventKind.RECEIPT_WITHHELD, source=source)
        return []
    if payment.status == PaymentStatus.SUCCEEDED:
        return _queue_paid_effects(payment, source)
    ended_without_money = {PaymentStatus.FAILED}
    if source == EventSource.STAFF:
        ended_without_money.add(PaymentStatus.CANCELED)
    if payment.status not in ended_without_money:
        return []
    return deliveries_add(payment, {DeliveryKind.SIGNAL: "payment_failed"})


def instructions_queue(payment: Payment) -> list[int]:
    """Queue the email with payment instructions; return the delivery's id in a list."""
    return deliveries_add(payment, {DeliveryKind.INSTRUCTIONS_EMAIL: _ISSUED})


def refund_effects_create(
    payment: Payment, refunds: Collection[Refund], source: EventSource
) -> list[int]:
    """Queue what follows changed refunds, and issue credit notes; return the deliveries' ids.

    Call it last in the transaction. Late reports about a payment without a receipt queue nothing.
    """
    if not refunds or (_is_old(payment, source) and not hasattr(payment, "receipt")):
        return []
    return _queue_signals(payment, refunds) + _queue_credit_notes(payment, refunds, source)


def receipt_queue(payment: Payment, source: EventSource) -> list[int]:
    """Issue the receipt, and credit notes for refunds; return the ids of their queued emails.

    Call it last in the transaction: until it commits, no other receipt can be numbered.
    """
    delivery_ids = deliveries_add(payment, _receipt_mail(payment))
    return delivery_ids + _issue(payment, payment_seller(payment), source)


def _queue_paid_effects(payment: Payment, source: EventSource) -> list[int]:
    """Queue all that follows a payment. A payment to review gets no receipt yet."""
    seller = payment_seller(payment)
    queued = {DeliveryKind.SIGNAL: "payment_succeeded"}
    if seller.staff_email:
        queued[DeliveryKind.STAFF_EMAIL] = _ISSUED
    if payment.review_reason:
        return deliveries_add(payment, queued)
    delivery_ids = deliveries_add(payment, {**queued, **_receipt_mail(payment)})
    return delivery_ids + _issue(payment, seller, source)


def _receipt_mail(payment: Payment) -> dict[DeliveryKind, str]:
    return {DeliveryKind.RECEIPT_EMAIL: _ISSUED} if payment.payer_email else {}


def _issue(payment: Payment, seller: PaymentSettings, source: EventSource) -> list[int]:
    receipt = receipt_issue(payment=payment, seller=seller)
    timeline_add(payment=payment, kind=EventKind.RECEIPT_ISSUED, source=source, number=receipt.code)
    if not payment.refunded_amount:
        return []
    return _queue_credit_notes(payment, payment.refunds.all(), source)


def _is_old(payment: Payment, source: EventSource) -> bool:
    """Tell whether the money arrived so long ago that no email or receipt should follow now."""
    days = timedelta(days=payments_conf().RECONCILE_DAYS)
    found = source == EventSource.RECONCILIATION
    return source == EventSource.IMPORT or (found and payment.created_at < timezone.now() - days)


def _queue_signals(payment: Payment, refunds: Collection[Refund]) -> list[int]:
    return [
        pk
        for refund in refunds
        if refund.status == RefundStatus.SUCCEEDED
        for pk in deliveries_add(
            payment, {DeliveryKind.SIGNAL: f"payment_refunded:{refund.public_id.hex}"}
        )
    ]


def _queue_credit_notes(
    payment: Payment, refunds: Iterable[Refund], source: EventSource
) -> list[int]:
    due = credit_notes_due(payment, refunds)
    if not due:
        return []
    delivery_ids = [
        pk
        for moved in due
        if payment.payer_email
        for pk in deliveries_add(
            payment,
            {DeliveryKind.CREDIT_NOTE_EMAIL: credit_note_occurrence(moved.refund, moved.turn)},
        )
    ]
    credit_notes_issue(payment=payment, due=due, source=source)
    return delivery_ids


def receipt_link_queue(payment: Payment) -> list[int]:
    """Queue an email with a new receipt link, at most one per hour; return its id in a list.

    Nothing is queued without an address or a receipt, or while the payment's own link is valid.
    """
    if not payment.payer_email or not receipt_withheld(payment):
        return []
    return deliveries_add(
        payment, {DeliveryKind.RECEIPT_LINK_EMAIL: f"{timezone.now():%Y-%m-%dT%H}"}
    )
