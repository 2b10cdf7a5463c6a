"""Approves flagged payments, and issues receipts that were withheld."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_payments.enums import EventKind, EventSource
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.actions import payment_actions, receipt_issuable
from wagtail_payments.services.audit.timeline import timeline_add

from .apply import Applied
from .effects import receipt_queue


def payment_review(
    *, payment_id: int, note: str = "", actor: Any, issue_receipt: bool = True
) -> Applied:
    """Approve a flagged payment, or issue a withheld receipt; return the queued deliveries.

    With ``issue_receipt`` the receipt gets the next number and is emailed. Raises StaffRefused.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        _require(payment, issue_receipt=issue_receipt)
        reason, payment.review_reason = payment.review_reason, ""
        payment.version += 1
        payment.save(update_fields=["review_reason", "version"])
        timeline_add(
            payment=payment,
            kind=EventKind.REVIEWED,
            source=EventSource.STAFF,
            actor=actor,
            reason=reason,
            note=note,
        )
        queued = receipt_queue(payment, EventSource.STAFF) if issue_receipt else []
    return Applied(payment, queued)


def _require(payment: Payment, *, issue_receipt: bool) -> None:
    if not payment_actions(payment) & {"review", "issue_receipt"}:
        raise StaffRefused(_("This payment has already been reviewed."))
    if issue_receipt and not receipt_issuable(payment):
        raise StaffRefused(
            _(
                "No receipt can be issued: there is one, or the payment was made in another currency."
            )
        )
