"""A payment's status in words for the holder of its link, without the payer."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wagtail_payments.enums import PaymentStatus
from wagtail_payments.models import Payment
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider

from .payments import provider_is_offline


@dataclass(frozen=True, slots=True)
class StatusText:
    """A heading, and a sentence that says what to do."""

    heading: str
    message: str


def provider_in_test_mode() -> bool:
    """Tell whether new payments are test payments. A provider that cannot be created takes none."""
    try:
        return not get_provider().live
    except ProviderMisconfigured:
        return False


def payment_date(payment: Payment) -> datetime:
    """Return when it was paid, or else started, in the site's time zone."""
    moment = payment.paid_at or payment.created_at
    return timezone.localtime(moment, timezone.get_default_timezone())


def payment_date_text(payment: Payment) -> str:
    """Return that date in words; offline payments have only a day."""
    only_day = payment.is_paid and provider_is_offline(payment.provider)
    return date_format(payment_date(payment), "DATE_FORMAT" if only_day else "DATETIME_FORMAT")


def payment_status_text(payment: Payment) -> StatusText:
    """Return the status as heading and sentence."""
    return _ended_text(payment) if payment.is_finished else _open_text(payment)


def _ended_text(payment: Payment) -> StatusText:
    if payment.refunded_amount:
        return StatusText(
            payment.display_status,
            _("Your payment was refunded. It can take a few days to reach your account."),
        )
    if payment.is_paid:
        return StatusText(
            _("Success"), _("Thank you. Your payment has arrived, and your receipt is on its way by email.")
        )
    if payment.status == PaymentStatus.CANCELED:
        return StatusText(
            _("Canceled"), _("This order was canceled, and nothing was charged. Please do not pay it.")
        )
    return StatusText(_("Failed"), _("Nothing was charged. You can go back and try again."))


def _open_text(payment: Payment) -> StatusText:
    if payment.status == PaymentStatus.PROCESSING:
        return StatusText(
            _("Pending"),
            _("Your payment is being processed. It can take a few days. We will email you a receipt."),
        )
    if provider_is_offline(payment.provider):
        return StatusText(
            _("Pending"),
            _("Thank you for your order. Here is how to pay. We have also emailed you the instructions."),
        )
    return StatusText(_("Pending"), _("We are waiting for confirmation of your payment."))
