"""The reasons why a checkout cannot start, in words for the visitor."""

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
    """Return the error for an attempt key that was used with other terms."""
    return CheckoutRefused(
        "attempt_conflict", _("The form has changed. Send it again to start over.")
    )


def attempt_finished(payment: Payment) -> CheckoutRefused:
    """Return the error for a payment that is finished, paid or not."""
    if payment.status in UNPAID_STATUSES:
        message = _("This payment has ended, and nothing was charged. Send the form again to pay.")
    else:
        message = _(
            "This is already paid or being processed. Send the form again only to pay once more."
        )
    return CheckoutRefused("attempt_finished", message, extra=_link(payment))


def attempt_ordered(payment: Payment) -> CheckoutRefused:
    """Return the error for an offline order that exists: only the visitor knows if it is meant."""
    return CheckoutRefused("attempt_finished", _ordered(), extra=_link(payment))


def paid_recently(payment: Payment) -> CheckoutRefused:
    """Return the error for a product that this browser has just paid for or ordered."""
    paid = _("You have just paid for this. Send the form again only to pay once more.")
    message = paid if payment.is_paid else _ordered()
    return CheckoutRefused("paid_recently", message, extra=_link(payment))


def _ordered() -> str:
    return _("You have already ordered this. Send the form again only to order it once more.")


def _link(payment: Payment) -> dict[str, str]:
    return {"status_url": payment_status_path(payment)}


def provider_refusal(error: ProviderError) -> CheckoutRefused:
    """Return a provider's error in words for the visitor."""
    if isinstance(error, AmountRefused):
        return CheckoutRefused(
            "amount_refused",
            _(
                "The payment provider does not accept this amount. Choose another one, or contact us."
            ),
            field="amount",
        )
    if isinstance(error, ProviderRefused):
        return CheckoutRefused(
            "provider_refused",
            _("This payment could not be started. Reload the page and try again, or contact us."),
        )
    return provider_busy()


def provider_busy() -> CheckoutRefused:
    """Return the error for a provider that does not answer; the form may be sent again."""
    return CheckoutRefused(
        "provider_unavailable",
        _("The payment provider is not responding. Nothing was charged. Try again in a moment."),
    )


def database_busy() -> CheckoutRefused:
    """Return the error for a database that is too busy; the form may be sent again."""
    return CheckoutRefused(
        "busy", _("That took too long. Nothing was charged. Try again in a moment.")
    )
