"""Stripe as a payment provider: Checkout Sessions, inline or on Stripe's hosted page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import stripe

from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.types import (
    CheckoutRequest,
    CheckoutSession,
    DisputeSnapshot,
    Finding,
    Frontend,
    Listed,
    MissedEvent,
    PastPayment,
    PaymentSnapshot,
    PayoutSnapshot,
    RefundRequest,
    RefundSnapshot,
    WebhookNotice,
)

from . import refunds, sessions
from .amounts import CURRENCIES
from .client import stripe_client
from .doctor import examine
from .events import webhook_notice
from .history import lists
from .history import payments as past
from .options import STRIPE_JS, StripeOptions, options_check, secrets_read
from .payments import metadata_retrieve, payment_retrieve
from .signatures import Secret

ORIGINS = (
    "https://js.stripe.com",
    "https://*.js.stripe.com",
    "https://api.stripe.com",
    "https://hooks.stripe.com",
)
"""The origins that Stripe.js uses: https://docs.stripe.com/security/guide, "CSP"."""


class StripeProvider(Provider):
    """Stripe.

    Its options are ``secret_key`` (or a restricted key), ``publishable_key`` and ``webhook_secrets``
    (a list: all of them are accepted), all of one mode. ``api_base`` and ``stripe_js`` are for tests.
    """

    def __init__(
        self,
        *,
        alias: str,
        secret_key: str | Secret = "",
        publishable_key: str = "",
        webhook_secrets: Sequence[object] = (),
        api_base: str = "",
        stripe_js: str = STRIPE_JS,
    ) -> None:
        super().__init__(alias=alias)
        # From here on, no frame of a traceback shows the keys.
        secret_key = Secret(str(secret_key))
        webhook_secrets = secrets_read(webhook_secrets)
        self.options = StripeOptions(
            secret_key, str(publishable_key), webhook_secrets, api_base, stripe_js
        )
        options_check(self.options)

    @property
    def live(self) -> bool:
        """Whether the keys are those of live mode."""
        return self.options.live

    def supports_currency(self, currency: str) -> bool:
        """Tell whether Stripe accepts payments in ``currency``."""
        return currency in CURRENCIES

    def checkout_open(self, request: CheckoutRequest) -> CheckoutSession:
        """Open a Checkout Session; the same idempotency key returns the same one."""
        session = sessions.session_create(self._client, request)
        return sessions.session_out(session, self.options)

    def checkout_resume(self, reference: str) -> CheckoutSession:
        """Return an open Checkout Session again."""
        session = sessions.session_open(self._client, reference)
        return sessions.session_out(session, self.options)

    def checkout_find(self, request: CheckoutRequest) -> CheckoutSession | None:
        """Return the Checkout Session with the request's metadata, None when there is none."""
        session = sessions.session_find(self._client, request)
        return sessions.session_out(session, self.options) if session else None

    def checkout_expire(self, reference: str) -> PaymentSnapshot:
        """Expire an open Checkout Session; return its current state."""
        return sessions.session_expire(self._client, reference)

    def payment_retrieve(self, checkout_reference: str) -> PaymentSnapshot:
        """Return the full state of a Checkout Session."""
        return payment_retrieve(self._client, checkout_reference)

    def refund_create(self, request: RefundRequest) -> RefundSnapshot:
        """Refund a payment intent's charge; the same idempotency key refunds once."""
        return refunds.refund_create(self._client, request)

    def payment_metadata(self, payment_reference: str) -> Mapping[str, str]:
        """Return the metadata of a payment intent."""
        return metadata_retrieve(self._client, payment_reference)

    def webhook_verify(
        self, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> WebhookNotice:
        """Check the signature and return what the event is about."""
        header = headers.get("stripe-signature", "")
        return webhook_notice(body, header, secrets=self.options.webhook_secrets, now=now)

    def payments_list(self, since: datetime) -> Iterable[Listed[PaymentSnapshot]]:
        """Yield every Checkout Session since a time."""
        return lists.payments_list(self._client, since)

    def refunds_list(self, since: datetime) -> Iterable[Listed[RefundSnapshot]]:
        """Yield every refund since a time."""
        return lists.refunds_list(self._client, since)

    def disputes_list(self, since: datetime) -> Iterable[Listed[DisputeSnapshot]]:
        """Yield every dispute since a time."""
        return lists.disputes_list(self._client, since)

    def payouts_list(self, since: datetime) -> Iterable[PayoutSnapshot]:
        """Yield every payout since a time."""
        return lists.payouts_list(self._client, since)

    def events_missed(self, since: datetime) -> Iterable[MissedEvent]:
        """Yield the undelivered events since a time."""
        return lists.events_missed(self._client, since)

    def payments_past(self, since: datetime) -> Iterable[PastPayment]:
        """Yield the payments that arrived since a time, of any software."""
        return past.payments_past(self._client, since)

    def dashboard_url(self, payment_reference: str) -> str:
        """Return the payment intent's page in Stripe's dashboard."""
        mode = "" if self.live else "test/"
        return f"https://dashboard.stripe.com/{mode}payments/{payment_reference}"

    def frontend(self) -> Frontend:
        """Return the module that mounts Stripe's Payment Element."""
        return Frontend(module="wagtail_payments/stripe.js", origins=ORIGINS)

    def examine(self, webhook_url: str) -> Iterable[Finding]:
        """Check keys, account and webhook endpoint."""
        return examine(self._client, self.options, webhook_url)

    @property
    def _client(self) -> stripe.StripeClient:
        options = self.options
        return stripe_client(options.secret_key, options.api_base, interactive=self.interactive)
