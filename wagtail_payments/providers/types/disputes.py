"""Disputes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DisputeStatus(StrEnum):
    """The statuses of a dispute (the payer's bank wants the money back)."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSnapshot:
    """The state of one dispute. ``due_by`` is the deadline for evidence, in the payment's currency.

    ``created_at`` is when it was opened, if the provider reports it.
    """

    reference: str
    status: DisputeStatus
    amount: int
    currency: str
    reason: str = ""
    due_by: datetime | None = None
    created_at: datetime | None = None
