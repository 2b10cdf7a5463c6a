"""Writes a refund before the provider is called."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_payments.enums import EventKind, EventSource, PaymentStatus
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Payment, Refund
from wagtail_payments.money import format_amount
from wagtail_payments.selectors.payments.actions import payment_in_other_currency
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.payments.apply_refunds import refundable_amount


def refund_create(
    *, payment_id: int, key: UUID, amount: int, reason: str, note: str = "", actor: Any
) -> Refund:
    """Create a refund of ``amount`` (minor units), which ``refund_send`` then sends.

    ``key`` becomes the refund's public id: the same key creates one refund. Raises StaffRefused if
    less is left to refund.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        written = Refund.objects.filter(public_id=key).first()
        if written is not None:
            return _same_refund(written, payment, amount)
        _require_left(payment, amount)
        refund = Refund.objects.create(
            public_id=key,
            payment=payment,
            provider=payment.provider,
            mode=payment.mode,
            amount=amount,
            reason=reason,
            note=note,
            actor=actor,
        )
        # An answer of the provider that is under way may not include this refund.
        payment.version += 1
        payment.save(update_fields=["version"])
        timeline_add(
            payment=payment,
            kind=EventKind.REFUND_REQUESTED,
            source=EventSource.STAFF,
            actor=actor,
            amount=amount,
            refund=str(refund.public_id),
            reason=reason,
            note=note,
        )
    return refund


def _same_refund(written: Refund, payment: Payment, amount: int) -> Refund:
    if (written.payment_id, written.amount) == (payment.pk, amount):
        return written
    raise StaffRefused(
        _("This form was already sent, for %(amount)s. Go back to the payment and check it first.")
        % {"amount": written.display_amount}
    )


def _require_left(payment: Payment, amount: int) -> None:
    if payment.status != PaymentStatus.SUCCEEDED:
        raise StaffRefused(_("Only a paid payment can be refunded."))
    if payment_in_other_currency(payment):
        raise StaffRefused(
            _("The payment was made in another currency. Refund it at the provider.")
        )
    left = refundable_amount(payment)
    if not left:
        raise StaffRefused(_("The payment has already been fully refunded."))
    if not 1 <= amount <= left:
        message = _("Enter an amount between %(least)s and %(left)s, the amount left to refund.")
        least = format_amount(1, payment.currency)
        amounts = {"least": least, "left": format_amount(left, payment.currency)}
        raise StaffRefused(message % amounts, field="amount")
