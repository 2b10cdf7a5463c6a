"""Idempotency keys: https://docs.stripe.com/api/idempotent_requests."""

from dataclasses import dataclass
from typing import Any

from .errors import StripeError, invalid

LIFETIME = 24 * 3600
LONGEST_KEY = 255


@dataclass
class Entry:
    fingerprint: tuple[str, str, str]
    created: int
    answer: tuple[int, dict[str, str], dict[str, Any]] | None = None


class Keys:
    """The idempotency keys, with their stored responses."""

    def __init__(self, clock):
        self.clock = clock
        self.entries = {}

    def begin(self, key, fingerprint):
        """Return the response stored for a key, or None for a new key."""
        if len(key[-1]) > LONGEST_KEY:
            raise invalid("Idempotency keys can have up to 255 characters.")
        entry = self.entries.get(key)
        if entry and entry.created + LIFETIME > self.clock.now():
            check(entry, key[-1], fingerprint)
            return entry.answer
        self.entries[key] = Entry(fingerprint, self.clock.now())
        return None

    def finish(self, key, answer, stored):
        """Store the response, or delete the key."""
        if stored:
            self.entries[key].answer = answer
        else:
            del self.entries[key]


def check(entry, key, fingerprint):
    if entry.fingerprint != fingerprint:
        raise StripeError(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request.",
            type="idempotency_error",
        )
    if entry.answer is None:
        raise StripeError(
            409,
            "There is currently another in-progress request using this Idempotent Key (that "
            "probably means you submitted twice, and the other request is still going through): "
            f"{key}. Please try again later.",
            code="idempotency_key_in_use",
        )
