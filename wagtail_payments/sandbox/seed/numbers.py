"""Test receipts, numbered without gaps in the order in which they were paid."""

from collections.abc import Iterator
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from django.conf import settings
from django.utils import timezone

from wagtail_payments.enums import EventKind, EventSource, Mode, SeriesKind
from wagtail_payments.models import Payment, PaymentSettings, ReceiptSeries
from wagtail_payments.services.receipts.issue import receipt_data

from .rows import event_row
from .tables import Row


class Numbers:
    """Receipts that wait until all that was paid before them has its number."""

    def __init__(self, seller: PaymentSettings) -> None:
        self.seller = seller
        self.waiting: list[tuple[datetime, int, Row]] = []
        self.series: dict[int, ReceiptSeries] = {}
        self.payment = Payment()

    def queue(self, payment: Row) -> None:
        """Owe a receipt for a paid payment."""
        heappush(self.waiting, (payment["paid_at"], payment["id"], payment))

    def issue(self, until: datetime | None = None) -> Iterator[tuple[Row, Row]]:
        """Yield receipts of what was paid before ``until``, each with its line in the timeline.

        Read it to its end in one transaction, and save the numbers in it.
        """
        while self.waiting and (until is None or self.waiting[0][0] < until):
            paid_at, pk, payment = heappop(self.waiting)
            receipt = self._receipt(payment, paid_at)
            data = {"number": receipt["code"]}
            yield (
                receipt,
                event_row(pk, EventKind.RECEIPT_ISSUED, EventSource.SYSTEM, paid_at, data=data),
            )

    def save(self) -> None:
        """Keep which numbers are taken; the series are read and locked anew then."""
        for series in self.series.values():
            series.save(update_fields=["next_number"])
        self.series = {}

    def _receipt(self, payment: Row, paid_at: datetime) -> Row:
        year = timezone.localtime(paid_at, timezone.get_default_timezone()).year
        if year not in self.series:
            self.series[year] = self._locked(year)
        series = self.series[year]
        number, series.next_number = series.next_number, series.next_number + 1
        # One object for all of them: making one takes longer than all that a receipt says.
        vars(self.payment).update(payment)
        return {
            "payment_id": payment["id"],
            "series_id": series.pk,
            "number": number,
            "code": f"{series}-{number:05d}",
            "language": settings.LANGUAGE_CODE,
            "data": receipt_data(payment=self.payment, seller=self.seller),
            "issued_at": paid_at,
        }

    def _locked(self, year: int) -> ReceiptSeries:
        names: dict[str, Any] = {
            "name": self.seller.receipt_series,
            "year": year,
            "mode": Mode.TEST,
            "kind": SeriesKind.RECEIPT,
        }
        ReceiptSeries.objects.get_or_create(**names)
        return ReceiptSeries.objects.select_for_update().get(**names)
