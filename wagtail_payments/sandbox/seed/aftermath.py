"""Refunds and disputes of sample payments."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from wagtail_payments.enums import DisputeStatus, RefundReason, RefundStatus

from .sales import Sale

_REFUNDED, _PARTLY = 0.03, 0.4
_DISPUTED = 0.0012
_ANSWER_WITHIN = timedelta(days=21)
_OUTCOMES = ("given", "failed", "reversed")
_OUTCOME_WEIGHTS = (92, 4, 4)
_REASONS = ("", *RefundReason.values[:2])


@dataclass(frozen=True, slots=True)
class GivenBack:
    """One refund. Times are None for what has not happened."""

    amount: int
    reason: str
    status: RefundStatus
    requested: datetime
    settled: datetime | None = None
    succeeded: datetime | None = None
    reversed: datetime | None = None

    @property
    def counted(self) -> int:
        """The refunded amount of the payment."""
        return self.amount if self.status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED) else 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One dispute about the whole amount."""

    status: DisputeStatus
    opened: datetime
    due: datetime
    closed: datetime | None


def given_back(sale: Sale, until: datetime, chance: Random) -> GivenBack | None:
    """Return the refund of a paid sale, None for most."""
    if chance.random() >= _REFUNDED:
        return None
    requested = sale.finished + timedelta(hours=chance.uniform(1, 480))
    if requested > until:
        return None
    partly = chance.random() < _PARTLY
    amount = max(1, int(sale.amount * chance.uniform(0.2, 0.8))) if partly else sale.amount
    reason = chance.choice(_REASONS)
    settled = requested + timedelta(hours=chance.uniform(0.1, 72))
    if settled > until:
        return GivenBack(amount, reason, RefundStatus.PENDING, requested)
    outcome = chance.choices(_OUTCOMES, _OUTCOME_WEIGHTS)[0]
    if outcome == "failed":
        return GivenBack(amount, reason, RefundStatus.FAILED, requested, settled)
    came_back = settled + timedelta(days=chance.uniform(2, 9))
    if outcome == "reversed" and came_back < until:
        return GivenBack(
            amount, reason, RefundStatus.FAILED, requested, came_back, settled, came_back
        )
    return GivenBack(amount, reason, RefundStatus.SUCCEEDED, requested, settled, settled)


def claim(sale: Sale, until: datetime, chance: Random, *, surely: bool = False) -> Claim | None:
    """Return the dispute of a paid sale, None for nearly all; with ``surely``, an open one."""
    if not (surely or chance.random() < _DISPUTED):
        return None
    waited = min(timedelta(days=chance.uniform(2, 40)), (until - sale.finished) / 2)
    opened = sale.finished + waited
    if surely:
        opened = max(opened, until - _ANSWER_WITHIN / 2)
    due = opened + _ANSWER_WITHIN
    if due > until:
        answered = chance.random() < 0.3 and not surely  # noqa: PLR2004
        status = DisputeStatus.UNDER_REVIEW if answered else DisputeStatus.NEEDS_RESPONSE
        return Claim(status, opened, due, None)
    ended = chance.choice((DisputeStatus.WON, DisputeStatus.LOST))
    return Claim(ended, opened, due, closed=due)
