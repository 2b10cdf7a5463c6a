"""Checks the signature of Stripe's webhooks: https://docs.stripe.com/webhooks/signature."""

import re
from collections.abc import Iterable
from datetime import datetime

import stripe

TOLERANCE = 300
"""How many seconds a webhook's time may be off, before or after."""

_TIME = re.compile(r"(?:^|,)t=([0-9]{1,12})(?=,|$)", re.ASCII)


class Secret:
    """A text that is shown only to who asks for it with :meth:`reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Give it straight to who needs it: a local variable shows in tracebacks."""
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
