"""Payouts."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PayoutStatus(StrEnum):
    """The statuses of a payout."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSnapshot:
    """The state of one payout to the site's bank account.

    ``amount`` is below zero for a debit. ``created_at`` is when it left the balance.
    """

    reference: str
    status: PayoutStatus
    amount: int
    currency: str
    created_at: datetime
    arrives_on: date
