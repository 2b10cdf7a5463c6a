"""A harness creates a provider, and acts as its payers and its company.

To run the contract tests with a new provider, add its harness to ``HARNESSES``.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.utils import timezone

from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.types import CheckoutRequest, CheckoutUI, DeclineReason


@dataclass(frozen=True)
class Webhook:
    """A webhook request: the raw body, and headers with lowercase names."""

    body: bytes
    headers: dict[str, str]


class Harness(ABC):
    """The provider's ``abilities`` decide which tests run with it."""

    abilities: ClassVar[frozenset[str]]
    """Of: inline, hosted, state, decline, challenge, delayed, webhook, refund, dispute, fee, lists, payout.

    ``state``: it can retrieve a payment. ``lists``: it can list payments, refunds and events.
    """

    provider: Provider

    def close(self) -> None:  # noqa: B027
        """Stop everything that the harness started."""

    @abstractmethod
    def pay(self, reference: str) -> None:
        """Pay with a method that succeeds."""

    def decline(self, reference: str, reason: DeclineReason) -> None:
        """Try to pay with a method that is declined for ``reason``."""
        raise NotImplementedError

    def challenge(self, reference: str, *, passed: bool) -> None:
        """Pay with a method that requires a challenge, and pass or fail it."""
        raise NotImplementedError

    def start_delayed(self, reference: str) -> None:
        """Pay with a delayed method."""
        raise NotImplementedError

    def settle_delayed(self, reference: str, *, arrives: bool) -> None:
        """Let the delayed payment succeed or fail."""
        raise NotImplementedError

    def webhook(self, reference: str, *, at: datetime, secret: str | None = None) -> Webhook:
        """Sign the last event about ``reference`` as the provider would at ``at``."""
        raise NotImplementedError

    def signed(self, body: bytes, *, at: datetime) -> Webhook:
        """Sign any body as the provider would at ``at``."""
        raise NotImplementedError

    def lose_events(self) -> None:  # noqa: B027
        """Stop delivering events."""

    def pay_out(self, amount: int) -> str:
        """Send a payout of ``amount`` cents to the bank; return its reference."""
        raise NotImplementedError

    def fail_payout(self, reference: str) -> None:
        """Let a payout fail."""
        raise NotImplementedError

    secrets: tuple[str, ...] = ()
    """The provider's webhook secrets."""

    def request(self, **changes: object) -> CheckoutRequest:
        """Return a request for a checkout of 12.50 euros."""
        defaults = {
            "idempotency_key": str(uuid4()),
            "amount": 1250,
            "currency": "EUR",
            "description": "Star night",
            "quantity": 1,
            "ui": CheckoutUI.HOSTED if "hosted" in self.abilities else CheckoutUI.INLINE,
            "return_url": "http://testserver/thanks/",
            "cancel_url": "http://testserver/",
            "webhook_url": f"http://testserver/payments/webhooks/{self.provider.alias}/",
            "expires_at": timezone.now() + timedelta(minutes=45),
            "started_at": timezone.now(),
            "metadata": {"app": "tests", "payment": "42"},
        }
        return CheckoutRequest(**{**defaults, **changes})  # type: ignore[arg-type]

    def open_checkout(self, **changes: object) -> str:
        """Open a checkout and return its reference."""
        return self.provider.checkout_open(self.request(**changes)).reference
