"""Finds unfinished work: the safety net for a queue that may lose everything.

The rows are the truth. All rows that are due are enqueued again; leases keep two workers apart.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from wagtail_payments.enums import EventSource
from wagtail_payments.models import Payment
from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.selectors.payments.payments import payments_to_poll
from wagtail_payments.services.deliveries.outbox import deliveries_due
from wagtail_payments.services.exports.files import exports_due
from wagtail_payments.services.payments.apply import (
    checkout_expire_unopened,
    payment_apply,
    payment_expire,
)
from wagtail_payments.services.refunds.send import refunds_due
from wagtail_payments.services.webhooks.inbox import webhooks_due

_PATIENCE = timedelta(hours=1)
"""The time between two requests to the provider about an unfinished payment."""


@dataclass(frozen=True, slots=True)
class Due:
    """The ids of all rows that are due."""

    webhook_ids: list[int]
    delivery_ids: list[int]
    payment_ids: list[int]
    refund_ids: list[int]
    export_ids: list[int]


def sweep_due() -> Due:
    """Return the ids of all rows that wait for a worker."""
    return Due(webhooks_due(), deliveries_due(), payments_overdue(), refunds_due(), exports_due())


def payments_overdue(limit: int = 100) -> list[int]:
    """Return the ids of unfinished payments that are due to be polled, ``limit`` at most."""
    overdue = payments_to_poll().order_by("next_check_at")
    return list(overdue.values_list("pk", flat=True)[:limit])


def payment_refresh(*, payment_id: int) -> list[int]:
    """Poll the provider about an unfinished payment, and expire its checkout if it is overdue.

    Does nothing if it was polled recently. Returns the ids of the deliveries that were queued.
    """
    due = payments_to_poll().filter(pk=payment_id)
    if not due.update(next_check_at=timezone.now() + _PATIENCE):
        return []
    checkout_expire_unopened(payment_id=payment_id, source=EventSource.SWEEP)
    over = Payment.objects.filter(pk=payment_id, expires_at__lt=timezone.now()).exists()
    learn = payment_expire if over else payment_apply
    try:
        return learn(payment_id=payment_id, source=EventSource.SWEEP).delivery_ids
    except ProviderError:
        return []
