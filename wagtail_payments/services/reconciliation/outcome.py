"""The result of a comparison."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .differences import Difference


class Verdict(StrEnum):
    """The result for one difference. A dry run only finds."""

    FOUND = "found"
    FIXED = "fixed"
    DISCREPANCY = "discrepancy"


@dataclass(frozen=True, slots=True)
class Met:
    """One difference, the transaction id of its payment, and its result."""

    verdict: Verdict
    difference: Difference
    payment: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, without the payer."""
        return {
            "verdict": str(self.verdict),
            "kind": str(self.difference.kind),
            "reference": self.difference.reference,
            "payment": self.payment,
            **self.difference.data,
        }


@dataclass(slots=True)
class Outcome:
    """The result of a comparison. ``unanswered`` counts payments without an answer.

    ``payouts`` is the number of new or changed payouts, None if they were not read.
    """

    provider: str
    mode: str
    since: datetime
    compared: int = 0
    missed_events: int = 0
    unanswered: int = 0
    payouts: int | None = None
    met: list[Met] = field(default_factory=list)

    def count(self, verdict: Verdict) -> int:
        """Return the number of differences with this result."""
        return sum(met.verdict == verdict for met in self.met)

    @property
    def needs_action(self) -> bool:
        """Whether staff have to look at a difference."""
        return bool(self.unanswered or any(met.verdict != Verdict.FIXED for met in self.met))

    @property
    def figures(self) -> dict[str, Any]:
        """The result as counts."""
        return {
            "since": self.since.isoformat(),
            "compared": self.compared,
            "missed_events": self.missed_events,
            "fixed": self.count(Verdict.FIXED),
            "discrepancies": self.count(Verdict.DISCREPANCY),
            "unanswered": self.unanswered,
            "payouts": self.payouts,
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            "provider": self.provider,
            "mode": self.mode,
            **self.figures,
            "found": self.count(Verdict.FOUND),
            "differences": [met.as_dict() for met in self.met],
        }
