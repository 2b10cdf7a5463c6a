"""Puts it together, some thousands at a time, so that memory stays the same for a million."""

import itertools
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime
from random import Random
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Site

from wagtail_payments.conf import SETTING, payments_conf
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import (
    Dispute,
    Payment,
    PaymentEvent,
    PaymentSettings,
    Receipt,
    Refund,
    RefundMovement,
)
from wagtail_payments.services.revenue import days_mark_stale, revenue_refresh
from wagtail_payments.utils.dates import day_of
from wagtail_payments.utils.progress import Watch, unwatched

from .aftermath import Claim, claim, given_back
from .numbers import Numbers
from .offers import offers_now
from .people import Person, person
from .rows import (
    dispute_event,
    dispute_row,
    movement_rows,
    payment_row,
    refund_events,
    refund_row,
    timeline_rows,
)
from .sales import Sale, sales
from .tables import Row, indexes_later, next_pk, pks_settle, rows_insert, statistics_renew

CHUNK = 4000
_MANY = 50_000
"""Payments for which it pays to build indexes afterwards."""

_DAYS_A_YEAR = 365.25
_REGULARLY = 60
_SURELY_DISPUTED = 0.95
"""Where in the row of sales one is disputed whatever chance says, so that there is an open one."""

_MOMENTS = ("created_at", "paid_at", "moved_at", "closed_at")


def payments_seed(
    *,
    payments: int,
    years: float = 3,
    seed: int = 0,
    regular: Any = None,
    sums: bool = True,
    watch: Watch = unwatched,
) -> int:
    """Write ``payments`` test payments of the last ``years`` with all that belongs to them.

    The same ``seed`` makes the same on the same day on an equal database. Every sixtieth is paid by
    the user ``regular``, if given. Without ``sums`` the days are summed up by the next periodic task,
    which takes a while for years. ``watch`` shows progress. Nobody else should start payments
    meanwhile. Returns how many were written. Raises StaffRefused where test data has no business.
    """
    _require_test_site()
    if payments < 1:
        return 0
    seeding = Seeding(count=payments, days=round(years * _DAYS_A_YEAR), seed=seed, regular=regular)
    with indexes_later(Payment) if payments >= _MANY else nullcontext():
        for _number in watch("payments", seeding):
            pass
    if sums:
        revenue_refresh()
    statistics_renew()
    return payments


def _require_test_site() -> None:
    if not (settings.DEBUG or payments_conf().ALLOW_SANDBOX):
        raise StaffRefused(
            _("Made-up payments are for test sites: with DEBUG, or %(setting)s.")
            % {"setting": f'{SETTING}["ALLOW_SANDBOX"] = True'}
        )


def _days(rows: list[Row]) -> set[date]:
    """Return the days on which something happened to money."""
    return {day_of(moment) for row in rows for name in _MOMENTS if (moment := row.get(name))}


class Seeding:
    """One run. Its steps write some thousand payments each."""

    def __init__(self, *, count: int, days: int, seed: int, regular: Any) -> None:
        self.count, self.regular = count, regular
        self.until: datetime = timezone.now().replace(microsecond=0)
        self.first = next_pk(Payment)
        self.refund_pks = itertools.count(next_pk(Refund))
        self.chance = Random(f"{seed}/{self.first}")  # noqa: S311
        self.site = Site.objects.filter(is_default_site=True).first()
        seller = PaymentSettings.objects.select_related("logo").filter(site=self.site).first()
        self.numbers = Numbers(seller or PaymentSettings())
        self.surely_disputed = False
        self.sales = enumerate(
            sales(
                offers_now(),
                count,
                days=max(days, 1),
                until=self.until,
                chance=self.chance,
            )
        )

    def __len__(self) -> int:
        """Return how many payments are to be written."""
        return self.count

    def __iter__(self) -> Iterator[int]:
        """Write chunk after chunk; yield once for each payment, as progress bars count."""
        while chunk := list(itertools.islice(self.sales, CHUNK)):
            self._write(chunk)
            yield from (number for number, _sale in chunk)

    @transaction.atomic
    def _write(self, chunk: list[tuple[int, Sale]]) -> None:
        payments: list[Row] = []
        refunds: list[Row] = []
        moved: list[Row] = []
        disputes: list[Row] = []
        events: list[Row] = []
        for number, sale in chunk:
            pk = self.first + number
            back = given_back(sale, self.until, self.chance) if sale.paid else None
            payments.append(self._payment(pk, number, sale, back))
            events += timeline_rows(pk, sale)
            if back:
                refunds.append(refund_row(next(self.refund_pks), pk, back, self.chance))
                moved += movement_rows(refunds[-1]["id"], back)
                events += refund_events(refunds[-1])
            about = self._claim(number, sale) if sale.paid else None
            if about:
                disputes.append(dispute_row(pk, sale, about))
                events.append(dispute_event(disputes[-1]))
            if sale.paid:
                self.numbers.queue(payments[-1])
        over = chunk[-1][0] == self.count - 1
        issued = list(self.numbers.issue(None if over else chunk[-1][1].started))
        rows_insert(Payment, payments)
        rows_insert(Refund, refunds)
        rows_insert(RefundMovement, moved)
        rows_insert(Dispute, disputes)
        rows_insert(Receipt, [receipt for receipt, _line in issued])
        rows_insert(PaymentEvent, events + [line for _receipt, line in issued])
        self.numbers.save()
        pks_settle(Payment, Refund)
        days_mark_stale(_days(payments + moved + disputes))

    def _claim(self, number: int, sale: Sale) -> Claim | None:
        """Return the dispute of a paid sale, None for nearly all; one of the last is surely disputed."""
        surely = not self.surely_disputed and number >= int(self.count * _SURELY_DISPUTED)
        self.surely_disputed |= surely
        return claim(sale, self.until, self.chance, surely=surely)

    def _payment(self, pk: int, number: int, sale: Sale, back: Any) -> Row:
        mine = self.regular is not None and number % _REGULARLY == _REGULARLY * 2 // 3
        payer = (
            Person(self.regular.get_full_name(), self.regular.email) if mine else person(sale.payer)
        )
        return {
            **payment_row(pk, sale, payer, back, self.chance),
            "payer_id": self.regular.pk if mine else None,
            "site_id": self.site and self.site.pk,
            "language": settings.LANGUAGE_CODE,
        }
