"""What a comparison met."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .differences import Difference


class Verdict(StrEnum):
    """What became of a difference: ``found`` is all that a dry run does."""

    FOUND = "found"
    HEALED = "healed"
    DISCREPANCY = "discrepancy"


@dataclass(frozen=True, slots=True)
class Met:
    """One difference, the transaction id of the payment that it is about, and what became of it."""

    verdict: Verdict
    difference: Difference
    payment: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data. It holds nothing of the payer."""
        return {
            "verdict": str(self.verdict),
            "kind": str(self.difference.kind),
            "reference": self.difference.reference,
            "payment": self.payment,
            **self.difference.data,
        }


@dataclass(slots=True)
class Outcome:
    """A comparison's result. ``unanswered`` counts payments about which no answer came.

    ``payouts`` is how many payouts were news, None when they weren't looked at, or can't be read.
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
        """Return how many differences ended so."""
        return sum(met.verdict == verdict for met in self.met)

    @property
    def needs_somebody(self) -> bool:
        """Whether something is left that asking didn't heal."""
        return bool(self.unanswered or any(met.verdict != Verdict.HEALED for met in self.met))

    @property
    def figures(self) -> dict[str, Any]:
        """The result in numbers."""
        return {
            "since": self.since.isoformat(),
            "compared": self.compared,
            "missed_events": self.missed_events,
            "healed": self.count(Verdict.HEALED),
            "discrepancies": self.count(Verdict.DISCREPANCY),
            "unanswered": self.unanswered,
            "payouts": self.payouts,
        }

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {
            "provider": self.provider,
            "mode": self.mode,
            **self.figures,
            "found": self.count(Verdict.FOUND),
            "differences": [met.as_dict() for met in self.met],
        }
