"""Rows that one worker at a time works on: taking one, and when to try again.

A lease is one conditional UPDATE, which every database does atomically; it runs out by itself when its
worker is killed.
"""

import random
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.models import Delivery, Export, Job, Refund, WebhookEvent

Leased = TypeVar("Leased", Delivery, Export, Job, Refund, WebhookEvent)

_LONGEST_WAIT = 6 * 3600

SWEPT = 5000
"""How many rows of a kind a sweep hands out at most: about what four workers do in a minute."""


class LeaseLost(Exception):
    """Somebody else has taken the row: whoever had it stops."""


def lease_due(rows: QuerySet[Leased]) -> QuerySet[Leased]:
    """Return those of ``rows`` that nobody works on and whose time has come."""
    return unleased(rows).filter(next_attempt_at__lte=timezone.now())


def lease_due_ids(rows: QuerySet[Leased], limit: int = SWEPT) -> list[int]:
    """Return the ids of those of ``rows`` that are due, the longest due first."""
    return list(lease_due(rows).order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def unleased(rows: QuerySet[Leased]) -> QuerySet[Leased]:
    """Return those of ``rows`` that nobody works on."""
    return rows.filter(Q(leased_until=None) | Q(leased_until__lt=timezone.now()))


def lease_acquire(rows: QuerySet[Leased], pk: int, *, seconds: int = 0) -> Leased | None:
    """Take row ``pk`` out of ``rows`` for a while; None when it isn't due or somebody has it.

    ``seconds`` is for how long, 0 for the setting ``LEASE_SECONDS``.
    """
    until = timezone.now() + timedelta(seconds=seconds or payments_conf().LEASE_SECONDS)
    due = lease_due(rows.filter(pk=pk))
    if not due.update(leased_until=until, attempts=F("attempts") + 1):
        return None
    return rows.get(pk=pk)


def lease_release(row: Leased, **changes: object) -> bool:
    """Write ``changes`` and give the row back, unless the lease ran out and somebody else took it."""
    mine = _mine(row)
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(mine.update(leased_until=None, **changes))


def lease_renew(row: Leased, *, seconds: int, **changes: object) -> bool:
    """Keep the row for so many seconds more and write ``changes``; tell whether it still was ours."""
    mine = _mine(row)
    changes["leased_until"] = timezone.now() + timedelta(seconds=seconds)
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(mine.update(**changes))


def _mine(row: Leased) -> QuerySet[Leased]:
    """Return ``row`` as long as its lease is the one that was taken: that names the worker."""
    rows = type(row).objects
    return rows.filter(pk=row.pk, attempts=row.attempts, leased_until=row.leased_until)


def next_attempt(attempts: int) -> datetime:
    """Return when to try again: 2, 4, 8 … seconds from now, up to six hours, with some jitter."""
    wait = min(2.0 ** min(attempts, 20), _LONGEST_WAIT)
    return timezone.now() + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311
