"""Checkouts: the request to a provider, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CheckoutUI(StrEnum):
    """Where the visitor enters the payment details."""

    INLINE = "inline"
    HOSTED = "hosted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutRequest:
    """The request to open a checkout. Amounts are in minor units.

    ``idempotency_key`` names this try: the same key with the same request opens one checkout. ``metadata``
    (app, site, payment) comes back with the provider's events. ``webhook_url`` is the URL that the
    provider should call; providers whose endpoint is configured elsewhere ignore it. ``started_at`` is
    when our row was written: a lookup does not have to go further back.
    """

    idempotency_key: str
    amount: int
    currency: str
    description: str
    quantity: int
    ui: CheckoutUI
    return_url: str
    cancel_url: str
    webhook_url: str
    expires_at: datetime
    started_at: datetime
    customer_email: str = ""
    locale: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSession:
    """An open checkout.

    ``url`` is the hosted page (hosted only). ``client`` is passed unchanged to the provider's browser
    module, so it must not contain secrets (inline only).
    """

    reference: str
    payment_reference: str | None = None
    url: str | None = None
    client: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend:
    """What the browser loads to mount the provider's inline element.

    ``module`` is the static path (or absolute URL) of an ES module that exports
    ``mount(container, client)`` (see docs/reference/frontend.md). ``origins`` are the origins to allow in a
    Content-Security-Policy (script, frame and connect).
    """

    module: str
    origins: tuple[str, ...] = ()
