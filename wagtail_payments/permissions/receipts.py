"""Who may see receipts and refund notes: whoever may see the payment; the PDF names who paid."""

from typing import Any

from django.db.models import QuerySet

from ..models import Receipt, RefundNote
from .payments import may_view_all_payments, visible_payments


def visible_receipts(user: Any) -> QuerySet[Receipt]:
    """Return the receipts of payments that ``user`` may see."""
    if may_view_all_payments(user):
        return Receipt.objects.all()
    return Receipt.objects.filter(payment__in=visible_payments(user))


def visible_refund_notes(user: Any) -> QuerySet[RefundNote]:
    """Return the refund notes of payments that ``user`` may see."""
    if may_view_all_payments(user):
        return RefundNote.objects.all()
    return RefundNote.objects.filter(payment__in=visible_payments(user))
