"""The state of a payment, as plain data. Amounts are ISO 4217 minor units."""

from dataclasses import dataclass, field
from enum import StrEnum

from .disputes import DisputeSnapshot
from .refunds import RefundSnapshot


class ProviderStatus(StrEnum):
    """The statuses of a payment at a provider."""

    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"


class DeclineReason(StrEnum):
    """The reasons of a declined attempt, as far as a visitor can act on them."""

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
    """The payment method: never more than type, brand and last four digits."""

    type: str = ""
    brand: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """One declined attempt. ``reference`` identifies it, so that it is recorded once."""

    reference: str
    reason: DeclineReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSnapshot:
    """The current state of one payment at its provider.

    A declined card leaves a checkout open for another attempt: ``decline`` is the last one. ``failed`` is
    the end of a delayed method whose money never arrived. ``fee`` is in ``fee_currency``, the currency of
    the account's payouts ("" for the payment's own). ``refunds`` and ``disputes`` are complete, oldest
    first.
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
