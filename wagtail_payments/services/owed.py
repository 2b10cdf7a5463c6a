"""What a payment that has just moved owes to the world outside: its receipt, mails and signals."""

from ..enums import DeliveryKind, EventKind, EventSource, PaymentStatus
from ..models import Payment
from ..selectors.payments import payment_seller
from .deliveries import deliveries_add
from .receipts import receipt_issue
from .timeline import timeline_add

_ISSUED = "issued"
"""The occurrence of a mail that a payment gets once."""


def payment_owe(payment: Payment, source: EventSource) -> list[int]:
    """Write down what is owed, in the transaction of the move; return the deliveries' ids."""
    if payment.status == PaymentStatus.SUCCEEDED:
        return _owe_paid(payment, source)
    ended_without_money = {PaymentStatus.FAILED}
    if source == EventSource.STAFF:
        ended_without_money.add(PaymentStatus.CANCELED)
    if payment.status not in ended_without_money:
        return []
    return deliveries_add(payment, {DeliveryKind.SIGNAL: "payment_failed"})


def instructions_owe(payment: Payment) -> list[int]:
    """Owe the mail that says how to pay outside; return the delivery's id in a list."""
    return deliveries_add(payment, {DeliveryKind.INSTRUCTIONS_MAIL: _ISSUED})


def _owe_paid(payment: Payment, source: EventSource) -> list[int]:
    """Owe all that follows on money. What a person has to look at first gets no receipt."""
    seller = payment_seller(payment)
    owed = {DeliveryKind.SIGNAL: "payment_succeeded"}
    if seller.staff_email:
        owed[DeliveryKind.STAFF_MAIL] = _ISSUED
    if payment.payer_email and not payment.review_reason:
        owed[DeliveryKind.RECEIPT_MAIL] = _ISSUED
    delivery_ids = deliveries_add(payment, owed)
    if not payment.review_reason:
        # Last: everybody else who is paid now waits for the next number until this is committed.
        receipt = receipt_issue(payment=payment, seller=seller)
        timeline_add(
            payment=payment, kind=EventKind.RECEIPT_ISSUED, source=source, number=receipt.code
        )
    return delivery_ids
