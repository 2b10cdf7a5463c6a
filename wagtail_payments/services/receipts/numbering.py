"""Numbers without gaps: receipts and credit notes take theirs from the row of their series."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from wagtail_payments.enums import SeriesKind
from wagtail_payments.models import ReceiptSeries


@dataclass(frozen=True, slots=True)
class TakenNumber:
    """A number, how it is written, and when it was taken."""

    series: ReceiptSeries
    number: int
    issued_at: datetime

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields of a numbered row."""
        return {
            "series": self.series,
            "number": self.number,
            "code": f"{self.series}-{self.number:05d}",
            "issued_at": self.issued_at,
        }


def numbers_take(*, name: str, mode: str, kind: SeriesKind, count: int = 1) -> list[TakenNumber]:
    """Take the next ``count`` numbers of a series. Call it last in the transaction that uses them.

    The series' row stays locked until that transaction ends, so a number that isn't used isn't lost.
    Whoever needs numbers of both kinds takes the receipt's first: so nobody waits in a circle.
    """
    year = timezone.localtime(timezone=timezone.get_default_timezone()).year
    series = _locked(name=name, year=year, mode=mode, kind=kind)
    first = series.next_number
    series.next_number += count
    series.save(update_fields=["next_number"])
    # Not before the series is ours: whoever waited for it would have a higher number of earlier.
    issued_at = timezone.now()
    return [TakenNumber(series, number, issued_at) for number in range(first, first + count)]


def _locked(**names: Any) -> ReceiptSeries:
    locked = ReceiptSeries.objects.select_for_update()
    found = locked.filter(**names).first()
    if found is None:
        ReceiptSeries.objects.get_or_create(**names)
        found = locked.get(**names)
    return found
