"""Periodic jobs. Every consumer schedules all of them; a lease lets one at a time run each.

Huey runs periodic tasks in every consumer. A row says when its job is due, so it does not matter how
many consumers ask, or whether one was stopped at that hour.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.models import Job
from wagtail_payments.selectors.providers import providers_pollable
from wagtail_payments.selectors.reconciliation import RECONCILE, reconciliation_jobs
from wagtail_payments.services.exports.files import exports_expire
from wagtail_payments.services.health import health_email_send
from wagtail_payments.services.leases import (
    LeaseLost,
    lease_acquire,
    lease_due,
    lease_release,
    lease_renew,
    next_attempt,
    unleased,
)
from wagtail_payments.services.privacy import erased_payloads_remove, retention_apply
from wagtail_payments.services.reconciliation import PaymentsUnanswered, reconciliation_run
from wagtail_payments.services.revenue import revenue_check
from wagtail_payments.services.webhooks.replay import webhook_payloads_expire
from wagtail_payments.utils.progress import Watch
from wagtail_payments.utils.tracebacks import error_text

logger = logging.getLogger(__name__)

_NIGHT = time(3, 10)
_LEASE = 10 * 60
"""Seconds after which a job without progress counts as abandoned."""

HEALTH = "health"
_SOON = timedelta(minutes=5)
_UNANSWERED_AGAIN = timedelta(hours=1)
_RENEWED_EACH = timedelta(minutes=1)

Run = Callable[[Job], dict[str, Any]]


def jobs_due() -> list[int]:
    """Create the rows of new jobs, and return the ids of all jobs that are due.

    Jobs that are no longer needed are deleted. The job of a provider that cannot be created stays,
    because only this process may lack its key.
    """
    jobs = _jobs()
    kept = {f"{RECONCILE}{alias}" for alias in payments_conf().PROVIDERS}
    Job.objects.exclude(name__in={*jobs, *kept}).delete()
    known = set(Job.objects.values_list("name", flat=True))
    missing = [Job(name=name) for name in jobs if name not in known]
    if missing:
        Job.objects.bulk_create(missing, ignore_conflicts=True)
    due = lease_due(Job.objects.filter(name__in=jobs))
    return list(due.values_list("pk", flat=True))


def reconciliation_hurry() -> list[int]:
    """Make all comparisons due that no worker runs; return the ids of their jobs."""
    jobs_due()
    free = unleased(reconciliation_jobs())
    free.update(next_attempt_at=timezone.now(), attempts=0)
    return list(free.values_list("pk", flat=True))


def job_do(*, job_id: int) -> None:
    """Run one job if it is due and no other worker holds it. A failed job is retried."""
    jobs = _jobs()
    job = lease_acquire(Job.objects.filter(name__in=jobs), job_id, seconds=_LEASE)
    if job is None:
        return
    try:
        result = jobs[job.name](job)
    except PaymentsUnanswered as error:
        # Each attempt reads all lists of the provider, so not every few seconds.
        lease_release(
            job,
            result=error.figures,
            last_error=error_text(),
            next_attempt_at=timezone.now() + _UNANSWERED_AGAIN,
        )
        return
    except Exception:
        # Any error is stored for staff, and the job is retried.
        text = error_text()
        logger.warning("Job %s failed.\n%s", job.name, text)
        lease_release(job, last_error=text, next_attempt_at=next_attempt(job.attempts))
        return
    lease_release(
        job,
        attempts=0,
        result=result,
        finished_at=timezone.now(),
        last_error="",
        next_attempt_at=_next(job.name),
    )


def _jobs() -> dict[str, Run]:
    """Return the functions of all jobs by name."""
    jobs: dict[str, Run] = {
        "payers": _erase_payers,
        "payloads": lambda job: {"removed": webhook_payloads_expire()},
        "exports": lambda job: {"removed": exports_expire()},
        "revenue": lambda job: dict(revenue_check(watch=_watch(job))),
    }
    if payments_conf().HEALTH_EMAIL:
        jobs[HEALTH] = lambda job: health_email_send(before=job.result)
    for alias in providers_pollable():
        jobs[f"{RECONCILE}{alias}"] = partial(_reconcile, alias)
    return jobs


def _erase_payers(job: Job) -> dict[str, Any]:
    """Erase payers past their retention period, and payloads about erased payers."""
    return {
        "erased": retention_apply(watch=_watch(job)),
        "payloads": erased_payloads_remove(),
    }


def _reconcile(alias: str, job: Job) -> dict[str, Any]:
    """Run the comparison, and renew the job's lease as it proceeds. Raises LeaseLost."""
    return reconciliation_run(alias, watch=_watch(job))


def _watch(job: Job) -> Watch:
    """Return a progress callback that renews the lease of ``job``. It raises LeaseLost."""

    def watch(name: str, items: Iterable[Any]) -> Iterator[Any]:
        renewed = timezone.now()
        for obj in items:
            if timezone.now() - renewed > _RENEWED_EACH:
                if not lease_renew(job, seconds=_LEASE):
                    raise LeaseLost(job.name)
                renewed = timezone.now()
            yield obj

    return watch


def _next(name: str) -> datetime:
    return timezone.now() + _SOON if name == HEALTH else _next_night()


def _next_night() -> datetime:
    """Return the next 3:10 a.m. in the site's time zone."""
    zone = timezone.get_default_timezone()
    now = timezone.now()
    tonight = datetime.combine(timezone.localdate(now, zone), _NIGHT, tzinfo=zone)
    # Compared as moments: when clocks go back at night, an hour of local time comes twice.
    if tonight.timestamp() > now.timestamp():
        return tonight
    return datetime.combine(tonight.date() + timedelta(days=1), _NIGHT, tzinfo=zone)
