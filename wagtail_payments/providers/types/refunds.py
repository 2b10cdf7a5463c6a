"""Refunds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RefundStatus(StrEnum):
    """The statuses of a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """The request to refund money. ``amount`` is in minor units.

    ``idempotency_key`` names this try. ``reason`` is one of ``requested_by_customer``, ``duplicate`` and
    ``fraudulent``. ``metadata`` (app, site, payment, refund) comes back with the refund, so that it is
    recognized.
    """

    idempotency_key: str
    payment_reference: str
    amount: int
    currency: str
    reason: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSnapshot:
    """The state of one refund. ``metadata`` is that of our request.

    ``failure_reason`` is the provider's text for a failure; ``created_at`` is when it was requested, if
    the provider reports it.
    """

    reference: str
    status: RefundStatus
    amount: int
    currency: str
    reason: str = ""
    failure_reason: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
