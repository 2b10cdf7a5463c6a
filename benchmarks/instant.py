"""A provider that answers at once, without any I/O: everybody has paid."""

from wagtail_payments.providers.types import PaymentMethod, PaymentSnapshot, ProviderStatus
from wagtail_payments.sandbox.provider import SandboxProvider

AMOUNT = 2500


class InstantProvider(SandboxProvider):
    """The sandbox's signatures, but no books to look into."""

    def payment_retrieve(self, checkout_reference: str) -> PaymentSnapshot:
        return PaymentSnapshot(
            checkout_reference=checkout_reference,
            payment_reference=f"pay_{checkout_reference}",
            status=ProviderStatus.SUCCEEDED,
            amount=AMOUNT,
            currency="EUR",
            method=PaymentMethod(type="card", brand="visa", last4="4242"),
        )
