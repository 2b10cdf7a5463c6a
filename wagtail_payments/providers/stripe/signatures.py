"""Checks the signature of Stripe's webhooks: https://docs.stripe.com/webhooks/signature."""

import re
from collections.abc import Iterable
from datetime import datetime

import stripe

from .secrets import Secret

TOLERANCE = 300
"""How many seconds a webhook's time may be off, before or after."""

_TIME = re.compile(r"(?:^|,)t=([0-9]{1,12})(?=,|$)", re.ASCII)


def signature_valid(body: bytes, header: str, *, secrets: Iterable[Secret], now: datetime) -> bool:
    """Tell whether ``header`` proves that ``body`` was signed with one of ``secrets`` just now."""
    times = _TIME.findall(header)
    if len(times) != 1 or abs(now.timestamp() - int(times[0])) > TOLERANCE:
        return False
    # Every secret is tried, so that the time taken tells nothing about which one matched.
    matches = [_signed(body, header, secret) for secret in secrets]
    return any(matches)


def _signed(body: bytes, header: str, secret: Secret) -> bool:
    """Ask Stripe's library, which compares in constant time. Its own tolerance looks back only."""
    try:
        verify = stripe.WebhookSignature.verify_header
        return bool(verify(body, header, secret.reveal(), tolerance=None))
    except (stripe.SignatureVerificationError, TypeError, ValueError):
        return False
