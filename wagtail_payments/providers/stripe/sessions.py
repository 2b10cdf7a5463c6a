"""Checkout Sessions: https://docs.stripe.com/api/checkout/sessions."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import stripe

from wagtail_payments.providers.exceptions import (
    AnswerReplayed,
    ProviderRefused,
    ProviderUnavailable,
    ReferenceUnknown,
)
from wagtail_payments.providers.types import (
    CheckoutRequest,
    CheckoutSession,
    CheckoutUI,
    PaymentSnapshot,
    ProviderStatus,
)

from .amounts import to_stripe
from .client import ask
from .declines import REASONS
from .locales import stripe_locale
from .options import StripeOptions
from .payments import payment_retrieve, require_prefix
from .responses import complete, metadata_of, optional, reference_of

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

Session = stripe.checkout.Session

SLACK = timedelta(minutes=31)
"""How much longer Stripe's session lasts than ours.

Stripe requires at least 30 minutes, and a repeated request must have the same value. Our sweep
expires the session in time.
"""

CLOCKS = timedelta(minutes=5)
"""By how much our clock may be ahead of Stripe's."""

EXPIRE_TRIES = 3


def session_create(client: stripe.StripeClient, request: CheckoutRequest) -> Session:
    """Open a session for ``request``."""
    if request.expires_at <= datetime.now(UTC):
        raise ProviderRefused("This checkout has expired before it was opened.")
    params = session_params(request)
    options: stripe.RequestOptions = {"idempotency_key": request.idempotency_key}
    return ask(lambda: client.v1.checkout.sessions.create(params, options))


def session_open(client: stripe.StripeClient, reference: str) -> Session:
    """Return a session. Raises ProviderRefused if it is no longer open."""
    require_prefix(reference, "cs_")
    session = ask(lambda: client.v1.checkout.sessions.retrieve(reference))
    with complete():
        status = session.status
    if status != "open":
        raise ProviderRefused("This checkout is no longer open.")
    return session


def session_find(client: stripe.StripeClient, request: CheckoutRequest) -> Session | None:
    """Return the session with the request's metadata; of several, one that can be paid."""
    since = int((request.started_at - CLOCKS).timestamp())

    def matching() -> list[Session]:
        listed = client.v1.checkout.sessions.list({"created": {"gte": since}, "limit": 100})
        return [one for one in listed.auto_paging_iter() if _is_for(one, request)]

    return max(
        ask(matching), key=lambda session: optional(session, "status") != "expired", default=None
    )


def session_expire(client: stripe.StripeClient, reference: str) -> PaymentSnapshot:
    """Expire a session and return its state. A finished one stays as it is."""
    require_prefix(reference, "cs_")
    for number in range(EXPIRE_TRIES):
        _try_to_expire(client, reference, number)
        snapshot = payment_retrieve(client, reference)
        if snapshot.status != ProviderStatus.OPEN:
            return snapshot
    raise ProviderUnavailable("Stripe did not expire this checkout.")


def session_out(session: Session, options: StripeOptions) -> CheckoutSession:
    """Return a session as a CheckoutSession."""
    with complete():
        return CheckoutSession(
            reference=session.id,
            payment_reference=reference_of(session.payment_intent),
            url=session.url,
            client=_client_data(session, options) if session.client_secret else {},
        )


def session_params(request: CheckoutRequest) -> "SessionCreateParams":
    """Return the parameters, which are always the same for the same request."""
    metadata = dict(request.metadata)
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": request.currency.lower(),
                    # The total, as frozen: the description has the quantity.
                    "unit_amount": to_stripe(request.amount, request.currency),
                    "product_data": {
                        "name": request.description,
                        "metadata": {"quantity": str(request.quantity)},
                    },
                },
                "quantity": 1,
                "adjustable_quantity": {"enabled": False},
            }
        ],
        "adaptive_pricing": {"enabled": False},
        "allow_promotion_codes": False,
        "automatic_tax": {"enabled": False},
        "client_reference_id": metadata.get("payment", request.idempotency_key),
        "expires_at": int((request.expires_at + SLACK).timestamp()),
        "locale": stripe_locale(request.locale),
        "metadata": metadata,
        "payment_intent_data": {"description": request.description, "metadata": metadata},
    }
    if request.customer_email:
        params["customer_email"] = request.customer_email
    if request.ui == CheckoutUI.INLINE:
        return {**params, "ui_mode": "elements", "return_url": request.return_url}
    return {
        **params,
        "ui_mode": "hosted_page",
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
    }


def _try_to_expire(client: stripe.StripeClient, reference: str, number: int) -> None:
    """Request it once. The outcome shows when the session is read again."""
    options: stripe.RequestOptions = {"idempotency_key": f"{reference}:expire:{number}"}
    try:
        ask(lambda: client.v1.checkout.sessions.expire(reference, {}, options))
    except ReferenceUnknown:
        raise
    except (AnswerReplayed, ProviderRefused):
        return


def _is_for(session: Session, request: CheckoutRequest) -> bool:
    """Tell whether a session's metadata name the same payment of this app."""
    found, wanted = metadata_of(session), request.metadata
    return all(found.get(name) == wanted.get(name) for name in ("app", "payment"))


def _client_data(session: Session, options: StripeOptions) -> dict[str, str]:
    """Return the data that the browser's module is mounted with."""
    return {
        "publishable_key": options.publishable_key,
        "client_secret": session.client_secret or "",
        "stripe_js": options.stripe_js,
        "locale": session.locale or "auto",
        "declines": json.dumps(REASONS),
    }
