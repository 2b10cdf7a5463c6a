"""A provider that answers immediately, without I/O: every payment is paid."""

from wagtail_payments.providers.types import PaymentMethod, PaymentSnapshot, ProviderStatus
from wagtail_payments.sandbox.provider import SandboxProvider

AMOUNT = 2500


class InstantProvider(SandboxProvider):
    """A provider with the sandbox's signatures, but no database."""

    def payment_retrieve(self, checkout_reference: str) -> PaymentSnapshot:
        return PaymentSnapshot(
            checkout_reference=checkout_reference,
            payment_reference=f"pay_{checkout_reference}",
            status=ProviderStatus.SUCCEEDED,
            amount=AMOUNT,
            currency="EUR",
            method=PaymentMethod(type="card", brand="visa", last4="4242"),
        )
