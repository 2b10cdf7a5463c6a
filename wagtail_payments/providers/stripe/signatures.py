"""Verifies the signatures of Stripe's webhooks: https://docs.stripe.com/webhooks/signature."""

import re
from collections.abc import Iterable
from datetime import datetime

import stripe

TOLERANCE = 300
"""The tolerance for a webhook's time in seconds, before or after."""

_TIME = re.compile(r"(?:^|,)t=([0-9]{1,12})(?=,|$)", re.ASCII)


class Secret:
    """A string that only :meth:`reveal` shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the string. Pass it on directly, because tracebacks show local variables."""
        return self._text

    def __repr__(self) -> str:
        return "…"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def signature_valid(body: bytes, header: str, *, secrets: Iterable[Secret], now: datetime) -> bool:
    """Tell whether ``header`` proves that ``body`` was signed with one of ``secrets`` just now."""
    times = _TIME.findall(header)
    if len(times) != 1 or abs(now.timestamp() - int(times[0])) > TOLERANCE:
        return False
    # All secrets are tried, so that the duration does not reveal which one matched.
    matches = [_signed(body, header, secret) for secret in secrets]
    return any(matches)


def _signed(body: bytes, header: str, secret: Secret) -> bool:
    """Verify with Stripe's library, in constant time. Its own tolerance only covers the past."""
    try:
        verify = stripe.WebhookSignature.verify_header
        return bool(verify(body, header, secret.reveal(), tolerance=None))
    except (stripe.SignatureVerificationError, TypeError, ValueError):
        return False
