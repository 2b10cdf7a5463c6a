"""Periodic jobs. Every consumer knows of all of them; a lease lets one at a time do each.

Huey runs periodic tasks in every consumer. A row says when its job is due, so it doesn't matter how
many ask, or that a consumer was off at the hour.
"""

import traceback
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from ..conf import payments_conf
from ..models import Job
from ..selectors.reconciliation import RECONCILE, reconciliation_jobs
from .health_mail import health_mail_send
from .leases import lease_due, lease_free, lease_release, lease_take, next_attempt
from .reconciliation import providers_reconcilable, reconciliation_run
from .webhooks_replay import webhook_payloads_expire

_NIGHT = time(3, 10)
_LEASE = 2 * 3600
"""Seconds after which a job counts as abandoned. Twice at once would do no harm."""

HEALTH = "health"

_SOON, _DAY = timedelta(minutes=5), timedelta(days=1)
"""Once told, nobody is told again before tomorrow."""

Run = Callable[[], dict[str, Any]]


def jobs_due() -> list[int]:
    """Return the ids of the jobs that should be done now, having made rows for new ones."""
    jobs = _jobs()
    known = set(Job.objects.filter(name__in=jobs).values_list("name", flat=True))
    missing = [Job(name=name) for name in jobs if name not in known]
    if missing:
        Job.objects.bulk_create(missing, ignore_conflicts=True)
    return list(lease_due(Job.objects.filter(name__in=jobs)).values_list("pk", flat=True))


def reconciliation_hurry() -> list[int]:
    """Make the comparisons due now that nobody is at; return the ids of their jobs."""
    jobs_due()
    free = lease_free(reconciliation_jobs())
    free.update(next_attempt_at=timezone.now(), attempts=0)
    return list(free.values_list("pk", flat=True))


def job_do(*, job_id: int) -> None:
    """Do one job if it is due and nobody else is at it; one that fails is tried again soon."""
    job = lease_take(Job.objects.all(), job_id, seconds=_LEASE)
    run = _jobs().get(job.name) if job else None
    if job is None or run is None:
        return
    try:
        result = run()
    except Exception:
        # Whatever goes wrong is kept where staff see it, and is tried again.
        lease_release(
            job, last_error=traceback.format_exc(), next_attempt_at=next_attempt(job.attempts)
        )
        return
    lease_release(
        job,
        attempts=0,
        result=result,
        finished_at=timezone.now(),
        last_error="",
        next_attempt_at=_next(job.name, result),
    )


def _jobs() -> dict[str, Run]:
    """Return every job by its name."""
    jobs: dict[str, Run] = {"payloads": _expire_payloads}
    if payments_conf().HEALTH_MAIL:
        jobs[HEALTH] = health_mail_send
    for alias in providers_reconcilable():
        jobs[f"{RECONCILE}{alias}"] = partial(reconciliation_run, alias)
    return jobs


def _expire_payloads() -> dict[str, Any]:
    return {"removed": webhook_payloads_expire()}


def _next(name: str, result: dict[str, Any]) -> datetime:
    if name != HEALTH:
        return _next_night()
    return timezone.now() + (_DAY if result["problems"] else _SOON)


def _next_night() -> datetime:
    """Return the next ten past three, in the site's time zone."""
    now = timezone.localtime(timezone=timezone.get_default_timezone())
    tonight = datetime.combine(now.date(), _NIGHT, tzinfo=now.tzinfo)
    return tonight if tonight > now else tonight + timedelta(days=1)
