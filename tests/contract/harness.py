"""A bench: a provider, and somebody who plays its payers and the company behind it.

A new provider joins the contract tests by adding its bench to ``BENCHES``.
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
    """What a provider sends: the raw body, and headers with lower-case names."""

    body: bytes
    headers: dict[str, str]


class Bench(ABC):
    """``abilities`` are what the provider can do; a test that needs more isn't made for it."""

    abilities: ClassVar[frozenset[str]]
    """Of: inline, hosted, state, decline, challenge, delayed, webhook, refund, dispute, fee, lists, payout.

    ``state`` means that it can be asked how a payment stands, ``lists`` that it lists its books.
    """

    provider: Provider

    def close(self) -> None:  # noqa: B027
        """The test is over: stop what was started."""

    @abstractmethod
    def pay(self, reference: str) -> None:
        """The payer pays with something that works."""

    def decline(self, reference: str, reason: DeclineReason) -> None:
        """The payer tries with something that is declined for ``reason``."""
        raise NotImplementedError

    def challenge(self, reference: str, *, passed: bool) -> None:
        """The payer's bank asks, and the payer passes or fails."""
        raise NotImplementedError

    def start_delayed(self, reference: str) -> None:
        """The payer uses a method whose money takes days."""
        raise NotImplementedError

    def settle_delayed(self, reference: str, *, arrives: bool) -> None:
        """The days are over."""
        raise NotImplementedError

    def webhook(self, reference: str, *, at: datetime, secret: str | None = None) -> Webhook:
        """Sign the last event about ``reference`` as the provider would at ``at``."""
        raise NotImplementedError

    def signed(self, body: bytes, *, at: datetime) -> Webhook:
        """Sign any body as the provider would at ``at``."""
        raise NotImplementedError

    def lose_events(self) -> None:  # noqa: B027
        """No event arrives from now on."""

    def pay_out(self, amount: int) -> str:
        """The company sends so many cents to the bank; return the payout's reference."""
        raise NotImplementedError

    def fail_payout(self, reference: str) -> None:
        """The bank sends a payout back."""
        raise NotImplementedError

    secrets: tuple[str, ...] = ()
    """The webhook secrets that the provider was given."""

    def request(self, **changes: object) -> CheckoutRequest:
        """Return a request for a checkout of 12.50 euros."""
        facts = {
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
        return CheckoutRequest(**{**facts, **changes})  # type: ignore[arg-type]

    def opened(self, **changes: object) -> str:
        """Open a checkout and return its reference."""
        return self.provider.checkout_open(self.request(**changes)).reference
