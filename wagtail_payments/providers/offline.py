"""Bank transfer, cash, check: money that arrives outside any provider, with a reference number.

There is no one to ask, so there is no state here: a reference number is derived from the idempotency
key, and staff mark payments as received.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NoReturn

from wagtail_payments.money import is_currency

from .base import Provider
from .exceptions import ProviderMisconfigured, ProviderRefused, ReferenceUnknown, SignatureInvalid
from .types import (
    CheckoutRequest,
    CheckoutSession,
    CheckoutUI,
    Finding,
    Level,
    PaymentSnapshot,
    RefundRequest,
    RefundSnapshot,
    RefundStatus,
    WebhookNotice,
)

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""The alphabet has no similar characters (0 and O, 1, I and L), and no vowels, which form words."""

_LENGTH = 12
_REFERENCE = re.compile(rf"RF[0-9]{{2}}[{_ALPHABET}]{{{_LENGTH}}}", re.ASCII)


class OfflineProvider(Provider):
    """Payments without a payment company.

    ``live`` tells whether the money is real: False on a test site.
    """

    uis = frozenset({CheckoutUI.HOSTED})
    offline = True

    def __init__(self, *, alias: str, live: bool = True) -> None:
        super().__init__(alias=alias)
        if not isinstance(live, bool):
            raise ProviderMisconfigured(f'Provider "{alias}": set "live" to True or False.')
        self._live = live

    @property
    def live(self) -> bool:
        """Whether the money is real."""
        return self._live

    def supports_currency(self, currency: str) -> bool:
        """Tell whether ISO 4217 knows ``currency``."""
        return is_currency(currency)

    def checkout_open(self, request: CheckoutRequest) -> CheckoutSession:
        """Return a checkout with the reference number for the transfer.

        The same key gives the same number. Raises ProviderRefused if it cannot be paid.
        """
        if request.amount < 1 or not is_currency(request.currency):
            raise ProviderRefused("There is nothing to pay.")
        if request.expires_at <= datetime.now(UTC):
            raise ProviderRefused("The time to pay has expired.")
        reference = _reference(request.idempotency_key)
        return CheckoutSession(
            reference=reference, payment_reference=reference, url=request.return_url
        )

    def checkout_resume(self, reference: str) -> CheckoutSession:
        """Return the checkout again, without a URL, because there is no hosted page.

        Raises ReferenceUnknown.
        """
        _require_reference(reference)
        return CheckoutSession(reference=reference, payment_reference=reference)

    def checkout_expire(self, reference: str) -> PaymentSnapshot:
        """Refuse: a transfer cannot be stopped. Raises ReferenceUnknown or ProviderRefused."""
        _refuse_to_report(reference)

    def payment_retrieve(self, checkout_reference: str) -> PaymentSnapshot:
        """Refuse: there is no one to ask. Raises ReferenceUnknown or ProviderRefused."""
        _refuse_to_report(checkout_reference)

    def refund_create(self, request: RefundRequest) -> RefundSnapshot:
        """Record a refund that staff pay themselves. Raises ReferenceUnknown or ProviderRefused."""
        _require_reference(request.payment_reference)
        if request.amount < 1:
            raise ProviderRefused("There is nothing to refund.")
        return RefundSnapshot(
            reference=_reference(request.idempotency_key),
            status=RefundStatus.SUCCEEDED,
            amount=request.amount,
            currency=request.currency,
            reason=request.reason,
            metadata=request.metadata,
        )

    def webhook_verify(
        self, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> WebhookNotice:
        """Refuse everything: there are no webhooks."""
        raise SignatureInvalid("There are no events for offline payments.")

    def examine(self, webhook_url: str) -> Iterable[Finding]:
        """Yield what staff have to do themselves."""
        yield Finding(
            Level.OK,
            f'Staff mark payments of "{self.alias}" as received, and pay refunds back, by hand.',
        )


def _reference(key: str) -> str:
    """Return the ISO 11649 creditor reference that belongs to ``key``."""
    body = _letters(hashlib.sha256(key.encode()).digest())
    return f"RF{98 - _remainder(f'RF00{body}'):02d}{body}"


def _letters(digest: bytes) -> str:
    number, letters = int.from_bytes(digest, "big"), ""
    for _ in range(_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[index]
    return letters


def _remainder(reference: str) -> int:
    """Return the remainder that is 1 for a correct reference (ISO 7064, MOD 97-10)."""
    return int("".join(str(int(letter, 36)) for letter in reference[4:] + reference[:4])) % 97


def _require_reference(reference: str) -> None:
    if not _REFERENCE.fullmatch(reference) or _remainder(reference) != 1:
        raise ReferenceUnknown("This is not one of our reference numbers.")


def _refuse_to_report(reference: str) -> NoReturn:
    _require_reference(reference)
    raise ProviderRefused("No provider can be asked: staff mark this payment as received.")
