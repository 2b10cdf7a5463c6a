"""Checks keys, account and webhook endpoint for ``payments_doctor``."""

from collections.abc import Iterator
from typing import Any

import stripe

from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.providers.types import Finding, Level

from .client import ask
from .events import EVENTS
from .options import StripeOptions
from .responses import optional

WEBHOOKS = "dashboard.stripe.com/webhooks"


def examine(
    client: stripe.StripeClient, options: StripeOptions, webhook_url: str
) -> Iterator[Finding]:
    """Yield all findings. Raises nothing."""
    mode = "live" if options.live else "test"
    yield Finding(Level.OK, f"Stripe's keys are both for {mode} mode.")
    yield from _secrets(options)
    yield from _account(client)
    yield from _payouts(client)
    yield from _endpoint(client, options, webhook_url)


def _secrets(options: StripeOptions) -> Iterator[Finding]:
    if all(secret.reveal().startswith("whsec_") for secret in options.webhook_secrets):
        count = len(options.webhook_secrets)
        yield Finding(Level.OK, f"Stripe has {count} webhook secret(s).")
        return
    yield Finding(
        Level.WARNING,
        "A webhook secret does not begin with whsec_.",
        f"Copy the endpoint's signing secret from {WEBHOOKS}.",
    )


def _account(client: stripe.StripeClient) -> Iterator[Finding]:
    """Request the account, which also shows whether the key is accepted."""
    try:
        account: Any = ask(client.v1.accounts.retrieve_current)
    except ProviderError as error:
        yield Finding(
            Level.ERROR,
            f"Stripe does not allow access to the account: {error}",
            "Copy the secret key again from dashboard.stripe.com/apikeys. A restricted key needs "
            "read access to the account and its webhook endpoints, and write access to Checkout "
            "Sessions, payment intents, charges and refunds.",
        )
        return
    yield Finding(Level.OK, "Stripe accepts the secret key.")
    if optional(account, "charges_enabled") is False:
        yield Finding(
            Level.ERROR,
            "This Stripe account cannot accept payments yet.",
            "Complete the account's details at dashboard.stripe.com/account.",
        )


def _payouts(client: stripe.StripeClient) -> Iterator[Finding]:
    """Request a payout, because nothing else shows whether a restricted key can read them."""
    try:
        ask(lambda: client.v1.payouts.list({"limit": 1}))
    except ProviderError as error:
        yield Finding(
            Level.WARNING,
            f"Stripe does not allow access to payouts: {error}",
            "Let the restricted key read payouts. Without them, the accounting export lacks them.",
        )


def _endpoint(
    client: stripe.StripeClient, options: StripeOptions, webhook_url: str
) -> Iterator[Finding]:
    """Find our endpoint among the account's, and check its events."""
    try:
        listed = ask(
            lambda: list(client.v1.webhook_endpoints.list({"limit": 100}).auto_paging_iter())
        )
    except ProviderError as error:
        yield Finding(
            Level.WARNING,
            f"Stripe does not allow access to webhook endpoints: {error}",
            f"Look at {WEBHOOKS} yourself, or let the restricted key read webhook endpoints.",
        )
        return
    ours = [endpoint for endpoint in listed if optional(endpoint, "url") == webhook_url]
    if ours:
        yield from _faults(ours[0])
        return
    yield Finding(
        Level.ERROR if options.live else Level.WARNING,
        f"Stripe has no webhook endpoint {webhook_url}.",
        f'Add it at {WEBHOOKS}. On your own computer, "stripe listen" forwards events instead.',
    )


def _faults(endpoint: Any) -> Iterator[Finding]:
    """Yield the problems of our endpoint, or that there are none."""
    wanted = set(optional(endpoint, "enabled_events") or ())
    missing = [] if "*" in wanted else [kind for kind in EVENTS if kind not in wanted]
    version = optional(endpoint, "api_version")
    if optional(endpoint, "status") != "enabled":
        yield Finding(
            Level.ERROR, "Stripe's webhook endpoint is disabled.", f"Enable it at {WEBHOOKS}."
        )
    if missing:
        yield Finding(
            Level.ERROR,
            f"Stripe's webhook endpoint isn't sent {', '.join(missing)}.",
            f"Add these events to it at {WEBHOOKS}.",
        )
    if version != stripe.api_version:
        yield Finding(
            Level.WARNING,
            f"Stripe's webhook endpoint has the API version {version or 'of the account'}, not "
            f"{stripe.api_version}.",
            "Payments are read again with the right one, so nothing is lost; a new endpoint takes "
            "the new version.",
        )
    if not missing and optional(endpoint, "status") == "enabled":
        yield Finding(Level.OK, "Stripe's webhook endpoint exists and sends all required events.")
