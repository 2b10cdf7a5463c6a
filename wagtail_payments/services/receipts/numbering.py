"""Gapless numbers: receipts and credit notes take them from the row of their series."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from wagtail_payments.enums import SeriesKind
from wagtail_payments.models import ReceiptSeries


@dataclass(frozen=True, slots=True)
class TakenNumber:
    """A number of a series, and the time when it was allotted."""

    series: ReceiptSeries
    number: int
    issued_at: datetime

    @property
    def fields(self) -> dict[str, Any]:
        """The values of the columns of a numbered document."""
        return {
            "series": self.series,
            "number": self.number,
            "code": f"{self.series}-{self.number:05d}",
            "issued_at": self.issued_at,
        }


def numbers_take(*, name: str, mode: str, kind: SeriesKind, count: int = 1) -> list[TakenNumber]:
    """Allot the next ``count`` numbers of a series. Call it last in the transaction that uses them.

    The series' row stays locked until that transaction ends, so a rollback loses no number. A
    transaction that needs numbers of both kinds takes the receipt's first, to avoid deadlocks.
    """
    year = timezone.localtime(timezone=timezone.get_default_timezone()).year
    series = _locked(name=name, year=year, mode=mode, kind=kind)
    first = series.next_number
    series.next_number += count
    series.save(update_fields=["next_number"])
    # Only with the lock: a transaction that waited would get a higher number with an earlier time.
    issued_at = timezone.now()
    return [TakenNumber(series, number, issued_at) for number in range(first, first + count)]


def _locked(**names: Any) -> ReceiptSeries:
    locked = ReceiptSeries.objects.select_for_update()
    found = locked.filter(**names).first()
    if found is None:
        ReceiptSeries.objects.get_or_create(**names)
        found = locked.get(**names)
    return found
