"""What a payment that has just moved owes to the world outside: its receipt, mails and signals."""

from ..enums import DeliveryKind, EventKind, EventSource, PaymentStatus
from ..models import Payment
from ..selectors.payments import payment_seller
from .deliveries import delivery_add
from .receipts import receipt_issue
from .timeline import timeline_add


def payment_owe(payment: Payment, source: EventSource) -> list[int]:
    """Write down what is owed, in the transaction of the move; return the deliveries' ids."""
    if payment.status == PaymentStatus.SUCCEEDED:
        return _owe_paid(payment, source)
    ended_without_money = {PaymentStatus.FAILED}
    if source == EventSource.STAFF:
        ended_without_money.add(PaymentStatus.CANCELED)
    return [_owe_signal(payment, "payment_failed")] if payment.status in ended_without_money else []


def mail_owe(payment: Payment, kind: DeliveryKind) -> int:
    """Owe the one mail of a kind that a payment gets; return the delivery's id."""
    return delivery_add(payment=payment, kind=kind, occurrence="issued").pk


def _owe_paid(payment: Payment, source: EventSource) -> list[int]:
    """Owe all that follows on money. What a person has to look at first gets no receipt."""
    seller = payment_seller(payment)
    owed = [_owe_signal(payment, "payment_succeeded")]
    if seller.staff_email:
        owed.append(mail_owe(payment, DeliveryKind.STAFF_MAIL))
    if payment.review_reason:
        return owed
    if payment.payer_email:
        owed.append(mail_owe(payment, DeliveryKind.RECEIPT_MAIL))
    # Last: everybody else who is paid now waits for the next number until this is committed.
    receipt = receipt_issue(payment=payment, seller=seller)
    timeline_add(payment=payment, kind=EventKind.RECEIPT_ISSUED, source=source, number=receipt.code)
    return owed


def _owe_signal(payment: Payment, name: str) -> int:
    return delivery_add(payment=payment, kind=DeliveryKind.SIGNAL, occurrence=name).pk
