"""Signs the sandbox's webhooks, and verifies the signatures.

The header is ``Sandbox-Signature: t=<unix seconds>,v1=<hex>``, where ``v1`` is the HMAC-SHA256 of
"<t>.<body>" with the webhook secret. While secrets are rotated there is one ``v1`` per secret.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime

HEADER = "Sandbox-Signature"

TOLERANCE = 300
"""The tolerance for a webhook's time in seconds, before or after."""

_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)


def signature_header(body: bytes, *, secrets: Iterable[str], at: datetime) -> str:
    """Return the header's value for ``body`` sent at ``at`` (aware)."""
    timestamp = int(at.timestamp())
    signatures = [f"v1={_sign(body, timestamp, secret)}" for secret in secrets]
    return ",".join([f"t={timestamp}", *signatures])


def signature_valid(body: bytes, header: str, *, secrets: Iterable[str], now: datetime) -> bool:
    """Tell whether ``header`` proves that ``body`` was signed with one of ``secrets`` just now."""
    timestamp, signatures = _parse(header)
    if timestamp is None or abs(now.timestamp() - timestamp) > TOLERANCE:
        return False
    expected = [_sign(body, timestamp, secret) for secret in secrets]
    # All pairs are compared, so that the duration does not reveal which one matched.
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in signatures]
    return any(matches)


def _sign(body: bytes, timestamp: int, secret: str) -> str:
    message = f"{timestamp}.".encode() + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _parse(header: str) -> tuple[int | None, list[str]]:
    """Return the time, None unless there is exactly one, and all possible signatures."""
    pairs = [part.partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in pairs if name.strip() == "t"]
    signatures = [value for name, value in pairs if name.strip() == "v1"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]):
        return None, []
    return int(times[0]), [value for value in signatures if _SIGNATURE.fullmatch(value)]
