"""Refunds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RefundStatus(StrEnum):
    """What a provider can say about a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


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
