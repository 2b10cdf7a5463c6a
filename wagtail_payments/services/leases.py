"""Leases on rows that one worker at a time processes, and the time of the next attempt.

A lease is one conditional UPDATE, which every database does atomically. It expires by itself if its
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
"""The maximum number of rows of one kind per sweep: about what four workers do in a minute."""


class LeaseLost(Exception):
    """Another worker has leased the row: the former one must stop."""


def lease_due(rows: QuerySet[Leased]) -> QuerySet[Leased]:
    """Return the ``rows`` that are due and not leased."""
    return unleased(rows).filter(next_attempt_at__lte=timezone.now())


def lease_due_ids(rows: QuerySet[Leased], limit: int = SWEPT) -> list[int]:
    """Return the ids of the ``rows`` that are due, the longest due first."""
    return list(lease_due(rows).order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def unleased(rows: QuerySet[Leased]) -> QuerySet[Leased]:
    """Return the ``rows`` that no worker holds."""
    return rows.filter(Q(leased_until=None) | Q(leased_until__lt=timezone.now()))


def lease_acquire(rows: QuerySet[Leased], pk: int, *, seconds: int = 0) -> Leased | None:
    """Lease row ``pk`` of ``rows``. Return None if it is not due or another worker holds it.

    ``seconds`` is the duration, 0 for the setting ``LEASE_SECONDS``.
    """
    until = timezone.now() + timedelta(seconds=seconds or payments_conf().LEASE_SECONDS)
    due = lease_due(rows.filter(pk=pk))
    if not due.update(leased_until=until, attempts=F("attempts") + 1):
        return None
    return rows.get(pk=pk)


def lease_release(row: Leased, **changes: object) -> bool:
    """Write ``changes`` and end the lease; return False if another worker has leased the row."""
    mine = _mine(row)
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(mine.update(leased_until=None, **changes))


def lease_renew(row: Leased, *, seconds: int, **changes: object) -> bool:
    """Write ``changes`` and extend the lease; return False if another worker has leased the row."""
    mine = _mine(row)
    changes["leased_until"] = timezone.now() + timedelta(seconds=seconds)
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(mine.update(**changes))


def _mine(row: Leased) -> QuerySet[Leased]:
    """Return ``row`` if its lease is still the one that was acquired."""
    rows = type(row).objects
    return rows.filter(pk=row.pk, attempts=row.attempts, leased_until=row.leased_until)


def next_attempt(attempts: int) -> datetime:
    """Return the time of the next attempt: 2, 4, 8 … seconds from now, up to six hours, with jitter."""
    wait = min(2.0 ** min(attempts, 20), _LONGEST_WAIT)
    return timezone.now() + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311
