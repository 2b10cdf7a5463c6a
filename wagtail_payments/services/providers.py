"""The provider of a payment or refund, and the metadata of our objects there."""

from wagtail_payments.enums import Mode
from wagtail_payments.models import Payment, Refund
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider


def provider_of(row: Payment | Refund, *, interactive: bool = True) -> Provider:
    """Return the provider of this payment or refund.

    Raises ProviderMisconfigured if its keys are of the other mode now: the provider would not know the
    row, which has to wait.
    """
    provider = get_provider(row.provider, interactive=interactive)
    if provider.live != (row.mode == Mode.LIVE):
        raise ProviderMisconfigured(f'"{row.provider}" has keys of the other mode now.')
    return provider


APP = "wagtail-payments"


def payment_metadata(payment: Payment) -> dict[str, str]:
    """Return the metadata of the payment's objects at the provider.

    ``host`` distinguishes our payments from those of another installation in the same account.
    """
    return {
        "app": APP,
        "host": payment.site.hostname if payment.site else "",
        "site": str(payment.site_id or ""),
        "payment": str(payment.public_id),
    }
