"""Marks the days whose totals are out of date."""

from collections.abc import Iterable
from datetime import date, datetime

from wagtail_payments.models import Payment, RefundMovement, StaleDay
from wagtail_payments.utils.dates import day_of


def payment_mark_stale(payment: Payment) -> None:
    """Mark the days of ``payment`` as stale, in the transaction that changes it."""
    moments = [payment.created_at, payment.paid_at]
    if payment.paid_at:
        refunds = RefundMovement.objects.filter(refund__payment=payment).order_by()
        disputes = payment.disputes.order_by()
        dates = (disputes.values_list(name) for name in ("created_at", "closed_at"))
        moments += (
            moment for (moment,) in refunds.values_list("moved_at").union(*dates).order_by()
        )
    days_mark_stale(map(day_of, _known(moments)))


def days_mark_stale(days: Iterable[date]) -> None:
    """Mark ``days`` as stale. Marks are only added, so that no transaction waits for another."""
    StaleDay.objects.bulk_create([StaleDay(day=day) for day in sorted(set(days))], batch_size=500)


def _known(moments: Iterable[datetime | None]) -> list[datetime]:
    return [moment for moment in moments if moment]
