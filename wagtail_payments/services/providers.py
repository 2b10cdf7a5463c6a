"""The provider of a row, as long as it moves the same kind of money."""

from wagtail_payments.enums import Mode
from wagtail_payments.models import Payment, Refund
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider


def provider_of(row: Payment | Refund, *, interactive: bool = True) -> Provider:
    """Return who took this payment, or gives this refund.

    Raises ProviderMisconfigured when its keys are of the other mode now: it would know nothing of the
    row, which has to wait.
    """
    provider = get_provider(row.provider, interactive=interactive)
    if provider.live != (row.mode == Mode.LIVE):
        raise ProviderMisconfigured(f'"{row.provider}" has keys of the other mode now.')
    return provider


APP = "wagtail-payments"


def payment_metadata(payment: Payment) -> dict[str, str]:
    """Return the names of this app, the site and the payment.

    ``host`` tells our payments from those of another installation on the same account.
    """
    return {
        "app": APP,
        "host": payment.site.hostname if payment.site else "",
        "site": str(payment.site_id or ""),
        "payment": str(payment.public_id),
    }
