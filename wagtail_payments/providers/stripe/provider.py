"""Stripe as a payment provider: Checkout Sessions, inline or on Stripe's hosted page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import stripe
from typing_extensions import override

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
    @override
    def live(self) -> bool:
        return self.options.live

    @override
    def supports_currency(self, currency: str) -> bool:
        return currency in CURRENCIES

    @override
    def checkout_open(self, request: CheckoutRequest) -> CheckoutSession:
        session = sessions.session_create(self._client, request)
        return sessions.session_out(session, self.options)

    @override
    def checkout_resume(self, reference: str) -> CheckoutSession:
        session = sessions.session_open(self._client, reference)
        return sessions.session_out(session, self.options)

    @override
    def checkout_find(self, request: CheckoutRequest) -> CheckoutSession | None:
        session = sessions.session_find(self._client, request)
        return sessions.session_out(session, self.options) if session else None

    @override
    def checkout_expire(self, reference: str) -> PaymentSnapshot:
        return sessions.session_expire(self._client, reference)

    @override
    def payment_retrieve(self, checkout_reference: str) -> PaymentSnapshot:
        return payment_retrieve(self._client, checkout_reference)

    @override
    def refund_create(self, request: RefundRequest) -> RefundSnapshot:
        return refunds.refund_create(self._client, request)

    @override
    def payment_metadata(self, payment_reference: str) -> Mapping[str, str]:
        return metadata_retrieve(self._client, payment_reference)

    @override
    def webhook_verify(
        self, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> WebhookNotice:
        header = headers.get("stripe-signature", "")
        return webhook_notice(body, header, secrets=self.options.webhook_secrets, now=now)

    @override
    def payments_list(self, since: datetime) -> Iterable[Listed[PaymentSnapshot]]:
        return lists.payments_list(self._client, since)

    @override
    def refunds_list(self, since: datetime) -> Iterable[Listed[RefundSnapshot]]:
        return lists.refunds_list(self._client, since)

    @override
    def disputes_list(self, since: datetime) -> Iterable[Listed[DisputeSnapshot]]:
        return lists.disputes_list(self._client, since)

    @override
    def payouts_list(self, since: datetime) -> Iterable[PayoutSnapshot]:
        return lists.payouts_list(self._client, since)

    @override
    def events_missed(self, since: datetime) -> Iterable[MissedEvent]:
        return lists.events_missed(self._client, since)

    @override
    def payments_past(self, since: datetime) -> Iterable[PastPayment]:
        return past.payments_past(self._client, since)

    @override
    def dashboard_url(self, payment_reference: str) -> str:
        mode = "" if self.live else "test/"
        return f"https://dashboard.stripe.com/{mode}payments/{payment_reference}"

    @override
    def frontend(self) -> Frontend:
        return Frontend(module="wagtail_payments/stripe.js", origins=ORIGINS)

    @override
    def examine(self, webhook_url: str) -> Iterable[Finding]:
        return examine(self._client, self.options, webhook_url)

    @property
    def _client(self) -> stripe.StripeClient:
        options = self.options
        return stripe_client(options.secret_key, options.api_base, interactive=self.interactive)
