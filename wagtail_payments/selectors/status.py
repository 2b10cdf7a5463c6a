"""How a payment stands, in words for whoever holds its link: nothing of who paid."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from ..enums import UNPAID_STATUSES, PaymentStatus
from ..models import Payment
from ..providers.exceptions import ProviderMisconfigured
from ..providers.registry import get_provider
from .payments import provider_is_manual


@dataclass(frozen=True, slots=True)
class StatusText:
    """A heading and a sentence that says what to do."""

    heading: str
    message: str


def provider_in_test_mode() -> bool:
    """Tell whether new payments move no real money. A provider that can't be made takes none."""
    try:
        return not get_provider().live
    except ProviderMisconfigured:
        return False


def payment_date(payment: Payment) -> datetime:
    """Return when it was paid, or started, in the site's time zone."""
    moment = payment.paid_at or payment.created_at
    return timezone.localtime(moment, timezone.get_default_timezone())


def payment_status_text(payment: Payment) -> StatusText:
    """Return success, pending or failed in words."""
    if payment.refunded_amount:
        return StatusText(
            payment.display_status,
            _("Money was given back to you. It may take some days until you see it."),
        )
    if payment.status == PaymentStatus.SUCCEEDED:
        return StatusText(
            _("Success"), _("Thank you: your payment has arrived. Your receipt comes by e-mail.")
        )
    if payment.status == PaymentStatus.PROCESSING:
        return StatusText(
            _("Pending"),
            _("Your payment is on its way. It can take some days; we e-mail your receipt then."),
        )
    if payment.status in UNPAID_STATUSES:
        return StatusText(_("Failed"), _("Nothing was charged. You can go back and try again."))
    if provider_is_manual(payment.provider):
        return StatusText(
            _("Pending"),
            _("Thank you for your order. Here is how to pay; we have e-mailed it to you, too."),
        )
    return StatusText(_("Pending"), _("We are waiting for your payment to be confirmed."))
