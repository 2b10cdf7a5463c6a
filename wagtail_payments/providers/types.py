"""What crosses the border between this package and a payment provider. Plain data, no I/O.

Amounts are integers of ISO 4217 minor units; a provider that counts otherwise converts on its side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar


class CheckoutUI(StrEnum):
    """Where the visitor enters the payment details."""

    INLINE = "inline"
    HOSTED = "hosted"


class ProviderStatus(StrEnum):
    """What a provider can say about a payment."""

    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"


class RefundStatus(StrEnum):
    """What a provider can say about a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class DisputeStatus(StrEnum):
    """What a provider can say about a dispute (a payer's bank that wants the money back)."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


class PayoutStatus(StrEnum):
    """What a provider can say about a payout."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
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
class CheckoutRequest:
    """Everything that a provider needs to open a checkout.

    ``idempotency_key`` names this try: the same key with the same request opens one checkout, ever.
    ``metadata`` (app, site, payment) comes back with the provider's events. ``webhook_url`` is where
    the provider is to call; providers whose endpoint is configured elsewhere ignore it.
    ``started_at`` is when our row was written: a lookup needn't go further back.
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
    """An open checkout: where to send the visitor, or what the inline element is mounted with.

    ``url`` is the hosted page (hosted only). ``client`` is handed to the provider's browser module
    as it is, so it must hold nothing secret (inline only).
    """

    reference: str
    payment_reference: str | None = None
    url: str | None = None
    client: Mapping[str, str] = field(default_factory=dict)


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
class RefundRequest:
    """Everything that a provider needs to give money back.

    ``idempotency_key`` names this try. ``reason`` is one of ``requested_by_customer``,
    ``duplicate`` and ``fraudulent``. ``metadata`` (app, site, payment, refund) comes back with the
    refund, so that our own is never taken for another one.
    """

    idempotency_key: str
    payment_reference: str
    amount: int
    currency: str
    reason: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSnapshot:
    """What the provider says about one refund. ``metadata`` is what our request gave it.

    ``failure_reason`` is the provider's own word for why the money came back; ``created_at`` is when
    it was asked for, as far as the provider tells.
    """

    reference: str
    status: RefundStatus
    amount: int
    currency: str
    reason: str = ""
    failure_reason: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSnapshot:
    """What the provider says about one dispute. ``due_by`` is until when it wants evidence.

    ``created_at`` is when it was opened, as far as the provider tells.
    """

    reference: str
    status: DisputeStatus
    amount: int
    currency: str
    reason: str = ""
    due_by: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSnapshot:
    """What the provider says about one payout to the site's bank account.

    ``amount`` is below zero when money was taken from there. ``created_at`` is when it left the balance.
    """

    reference: str
    status: PayoutStatus
    amount: int
    currency: str
    created_at: datetime
    arrives_on: date


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotice:
    """A verified webhook, reduced to what finds the object. State is always asked for again.

    ``metadata`` is the object's own, None when events of this type don't carry the payment's.
    """

    event_id: str
    type: str
    live: bool
    version: str = ""
    checkout_reference: str | None = None
    payment_reference: str | None = None
    metadata: Mapping[str, str] | None = None
    relevant: bool = True


Said = TypeVar("Said", PaymentSnapshot, RefundSnapshot, DisputeSnapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[Said]):
    """One entry of a provider's books: what it says, and what finds the payment it belongs to.

    ``metadata`` is the payment's own, empty where the entry doesn't carry it. A listed payment's
    snapshot may leave out its refunds, disputes and decline: those have lists of their own.
    """

    snapshot: Said
    checkout_reference: str | None = None
    payment_reference: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPayment:
    """A payment that was made without this software, as it stands now.

    Its snapshot's ``checkout_reference`` is what :meth:`Provider.payment_retrieve` takes for it.
    ``metadata`` is the payment's own, by which one of ours is told from others. ``description`` may
    name the payer.
    """

    snapshot: PaymentSnapshot
    paid_at: datetime
    description: str = ""
    payer_name: str = ""
    payer_email: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MissedEvent:
    """An event that the provider could not deliver, as it would have been sent."""

    notice: WebhookNotice
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend:
    """What the browser loads to mount the provider's inline element.

    ``module`` is the static path (or absolute URL) of an ES module that exports
    ``mount(container, client)`` (see docs/reference/frontend.md). ``origins`` are the origins to allow in a
    Content-Security-Policy (script, frame and connect).
    """

    module: str
    origins: tuple[str, ...] = ()


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``payments_doctor``: what was looked at, and what to do where it isn't well."""

    level: Level
    message: str
    cure: str = ""
