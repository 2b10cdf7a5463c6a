"""Offline payments (bank transfer, cash, check): staff mark them as received or cancel them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_payments.enums import TRANSITIONS, EventKind, EventSource, OfflineMethod, PaymentStatus
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.payments import provider_is_offline
from wagtail_payments.services.audit.timeline import timeline_add

from .apply import Applied, payment_close_offline

_LONG_BEFORE = timedelta(days=366)


def payment_mark_received(
    *,
    payment_id: int,
    received_on: date,
    method: str,
    note: str = "",
    actor: Any,
) -> Applied:
    """Mark a payment as received on a day (in the site's time zone), by an OfflineMethod.

    Raises StaffRefused.
    """
    if received_on > timezone.localdate(timezone=timezone.get_default_timezone()):
        raise StaffRefused(_("This day is in the future."), field="received_on")
    with transaction.atomic():
        payment = _locked(payment_id)
        if payment.created_at.date() - received_on > _LONG_BEFORE:
            raise StaffRefused(
                _("This day is more than a year before the order."), field="received_on"
            )
        payment.method_type = OfflineMethod(method).value
        timeline_add(
            payment=payment,
            kind=EventKind.RECEIVED,
            source=EventSource.STAFF,
            actor=actor,
            note=note,
            received_on=received_on.isoformat(),
            method=payment.method_type,
        )
        return _settled(payment, PaymentStatus.SUCCEEDED, actor, _moment(received_on))


def payment_cancel(*, payment_id: int, note: str = "", actor: Any) -> Applied:
    """Cancel a payment that never arrived, and release its stock. Raises StaffRefused."""
    with transaction.atomic():
        payment = _locked(payment_id)
        timeline_add(
            payment=payment,
            kind=EventKind.CANCELED,
            source=EventSource.STAFF,
            actor=actor,
            note=note,
        )
        return _settled(payment, PaymentStatus.CANCELED, actor, timezone.now())


def _locked(payment_id: int) -> Payment:
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.checkout_reference is None or not provider_is_offline(payment.provider):
        raise StaffRefused(
            _("The provider reports the status of this payment. You cannot set it here.")
        )
    return payment


def _settled(payment: Payment, status: PaymentStatus, actor: Any, settled_at: datetime) -> Applied:
    if status not in TRANSITIONS[PaymentStatus(payment.status)]:
        raise StaffRefused(_("This payment is already closed."))
    return payment_close_offline(payment=payment, status=status, actor=actor, settled_at=settled_at)


def _moment(day: date) -> datetime:
    """Return now for today, else noon of ``day`` in the site's time zone."""
    zone = timezone.get_default_timezone()
    now = timezone.localtime(timezone=zone)
    return now if day == now.date() else datetime.combine(day, time(12), tzinfo=zone)
