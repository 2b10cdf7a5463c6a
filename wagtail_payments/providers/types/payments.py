"""What crosses the border between this package and a payment provider. Plain data, no I/O.

Amounts are integers of ISO 4217 minor units; a provider that counts otherwise converts on its side.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from .disputes import DisputeSnapshot
from .refunds import RefundSnapshot


class ProviderStatus(StrEnum):
    """What a provider can say about a payment."""

    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"


class DeclineReason(StrEnum):
    """Why an attempt to pay was declined, reduced to what a visitor can do about it."""

    GENERIC = "generic"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    INCORRECT_NUMBER = "incorrect_number"
    INCORRECT_ADDRESS = "incorrect_address"
    AUTHENTICATION_FAILED = "authentication_failed"
    PROCESSING_ERROR = "processing_error"
    LIMIT_EXCEEDED = "limit_exceeded"
    NOT_SUPPORTED = "not_supported"
    CALL_ISSUER = "call_issuer"
    DUPLICATE = "duplicate"
    DELAYED_FAILED = "delayed_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """How it was paid, as far as a person may know: never more than brand and last four digits."""

    type: str = ""
    brand: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """One attempt to pay that was declined. ``reference`` names the attempt, so that it is noted once."""

    reference: str
    reason: DeclineReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSnapshot:
    """What the provider says about one payment at this moment.

    A declined card leaves a checkout open for another try: ``decline`` is the last one. ``failed``
    is the end of a delayed method whose money never came. ``fee`` is in ``fee_currency``, which is
    what the account is paid out in ("" for the payment's own). ``refunds`` and ``disputes`` are all
    there are, oldest first.
    """

    checkout_reference: str
    status: ProviderStatus
    amount: int
    currency: str
    payment_reference: str | None = None
    method: PaymentMethod = field(default_factory=PaymentMethod)
    decline: Decline | None = None
    fee: int | None = None
    fee_currency: str = ""
    refunds: tuple[RefundSnapshot, ...] = ()
    disputes: tuple[DisputeSnapshot, ...] = ()
