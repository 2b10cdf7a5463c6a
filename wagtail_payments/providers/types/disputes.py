"""Disputes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DisputeStatus(StrEnum):
    """What a provider can say about a dispute (a payer's bank that wants the money back)."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


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
