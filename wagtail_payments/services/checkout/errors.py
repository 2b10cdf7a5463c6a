"""Why a checkout can't start, in words for the visitor."""

from django.utils.translation import gettext as _

from wagtail_payments.enums import UNPAID_STATUSES
from wagtail_payments.exceptions import CheckoutRefused
from wagtail_payments.models import Payment
from wagtail_payments.providers.exceptions import AmountRefused, ProviderError, ProviderRefused
from wagtail_payments.selectors.payments.payments import payment_status_path


def placement_invalid() -> CheckoutRefused:
    """Return the error for a form whose placement token is not valid."""
    return CheckoutRefused(
        "placement_invalid", _("This form is no longer valid. Reload the page and try again.")
    )


def attempt_conflict() -> CheckoutRefused:
    """Say that the attempt key was used for something else."""
    return CheckoutRefused(
        "attempt_conflict", _("The form has changed. Send it again to start anew.")
    )


def attempt_finished(payment: Payment) -> CheckoutRefused:
    """Say that the payment is over, with money or without."""
    if payment.status in UNPAID_STATUSES:
        message = _("This payment is over, and nothing was charged. Send the form again to pay.")
    else:
        message = _(
            "This is paid already, or on its way. Send the form again only to pay once more."
        )
    return CheckoutRefused("attempt_finished", message, extra=_link(payment))


def attempt_ordered(payment: Payment) -> CheckoutRefused:
    """Say that it is ordered: only who sends it knows whether that is twice, or by mistake."""
    return CheckoutRefused("attempt_finished", _ordered(), extra=_link(payment))


def paid_recently(payment: Payment) -> CheckoutRefused:
    """Say that the same thing has just been paid for, or ordered, in the same browser."""
    paid = _("You have just paid for this. Send the form again only to pay once more.")
    message = paid if payment.is_paid else _ordered()
    return CheckoutRefused("paid_recently", message, extra=_link(payment))


def _ordered() -> str:
    return _("You have ordered this already. Send the form again only to order it once more.")


def _link(payment: Payment) -> dict[str, str]:
    return {"status_url": payment_status_path(payment)}


def provider_refusal(error: ProviderError) -> CheckoutRefused:
    """Return what a provider's error means for the visitor."""
    if isinstance(error, AmountRefused):
        return CheckoutRefused(
            "amount_refused",
            _("The payment provider doesn't take this amount. Choose another one, or contact us."),
            field="amount",
        )
    if isinstance(error, ProviderRefused):
        return CheckoutRefused(
            "provider_refused",
            _("This payment can't be taken. Reload the page and try again, or contact us."),
        )
    return provider_busy()


def provider_busy() -> CheckoutRefused:
    """Say that there is no answer now; the same form may be sent again."""
    return CheckoutRefused(
        "provider_unavailable",
        _("The payment provider doesn't answer. Nothing was charged. Try again in a moment."),
    )


def database_busy() -> CheckoutRefused:
    """Say that the order couldn't be written down; the same form may be sent again."""
    return CheckoutRefused(
        "busy", _("That took too long. Nothing was charged. Try again in a moment.")
    )
