"""The health of events, deliveries and jobs: counts only, no data of payers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import timezone

from wagtail_payments.enums import DeliveryState, PaymentStatus, RefundStatus, WebhookState
from wagtail_payments.models import Delivery, Discrepancy, Job, Payment, Refund, WebhookEvent
from wagtail_payments.selectors.payments.payments import payments_to_poll
from wagtail_payments.selectors.providers import (
    live_or_current,
    of_current_modes,
    providers_pollable,
)
from wagtail_payments.selectors.reconciliation import RECONCILE, reconciliation_jobs

PATIENCE = timedelta(minutes=5)
"""The sweep enqueues everything that is due each minute."""

_RECENTLY = timedelta(days=7)
_MARGIN = timedelta(hours=1)
_TWO_NIGHTS = timedelta(days=2)

_SEVERAL_TRIES = 5
"""The fifth attempt is about a minute after the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The figures for monitors. ``lag`` and ``waiting_since`` are in seconds.

    ``lag`` is the time from storing to applying the last event; ``waiting_since`` how long the oldest
    due row has been waiting.
    """

    last_event_at: datetime | None
    lag: float | None
    backlog: int
    failing: int
    failed: int
    deliveries_waiting: int
    deliveries_failed: int
    refunds_failing: int
    waiting_since: float
    payments_to_review: int
    discrepancies: int
    comparisons_failing: int
    jobs_failing: int
    silent: bool

    @property
    def stalled(self) -> bool:
        """Whether rows wait although they are due: no consumer runs, or it does not keep up."""
        return self.waiting_since > PATIENCE.total_seconds()

    @property
    def ok(self) -> bool:
        """Whether there is nothing to do for staff."""
        return not (self.stalled or self.silent or any(self.to_look_at))

    @property
    def to_look_at(self) -> tuple[int, ...]:
        """The counts of what staff have to look at."""
        return (
            self.failed,
            self.deliveries_failed,
            self.failing,
            self.refunds_failing,
            self.payments_to_review,
            self.discrepancies,
            self.comparisons_failing,
            self.jobs_failing,
        )


def payments_health() -> Health:
    """Return the current figures."""
    events = _counts(live_or_current(WebhookEvent.objects.filter(state=WebhookState.PENDING)))
    deliveries = _counts(_deliveries(DeliveryState.PENDING))
    refunds = _counts(live_or_current(Refund.objects.filter(status=RefundStatus.CREATED)))
    return Health(
        last_event_at=WebhookEvent.objects.aggregate(at=Max("received_at"))["at"],
        lag=_lag(),
        backlog=events["waiting"],
        failing=events["failing"],
        failed=live_or_current(WebhookEvent.objects.filter(state=WebhookState.FAILED)).count(),
        deliveries_waiting=deliveries["waiting"],
        deliveries_failed=_deliveries(DeliveryState.FAILED).count(),
        refunds_failing=refunds["failing"],
        waiting_since=max(
            _seconds_since(since)
            for since in (
                events["since"],
                deliveries["since"],
                refunds["since"],
                _payments_overdue_since(),
            )
        ),
        payments_to_review=payments_to_review().count(),
        discrepancies=live_or_current(discrepancies_open()).count(),
        comparisons_failing=_comparisons_failing().count(),
        jobs_failing=_failing(Job.objects.exclude(name__startswith=RECONCILE)).count(),
        silent=_is_silent(),
    )


def payments_to_review() -> QuerySet[Payment]:
    """Return the flagged payments that are not fully refunded; test payments only in test mode.

    A payment in another currency counts as nothing captured, but has to be reviewed, too.
    """
    flagged = Payment.objects.filter(review_reason__gt="")
    foreign = Q(status=PaymentStatus.SUCCEEDED, captured_amount=0)
    return live_or_current(flagged).filter(Q(captured_amount__gt=F("refunded_amount")) | foreign)


def discrepancies_open(discrepancies: QuerySet[Discrepancy] | None = None) -> QuerySet[Discrepancy]:
    """Return the open ``discrepancies`` (default: all)."""
    return (Discrepancy.objects.all() if discrepancies is None else discrepancies).filter(
        resolved_at=None, dismissed=False
    )


def _deliveries(state: DeliveryState) -> QuerySet[Delivery]:
    return live_or_current(Delivery.objects.filter(state=state), through="payment__")


def _payments_overdue_since() -> datetime | None:
    """Return since when the oldest payment is due to be polled."""
    overdue = of_current_modes(payments_to_poll())
    since: datetime | None = overdue.aggregate(at=Min("next_check_at"))["at"]
    return since


def _comparisons_failing() -> QuerySet[Job]:
    """Return the nightly comparisons that fail, or that have not finished for two days."""
    jobs = reconciliation_jobs()
    long_ago = timezone.now() - _TWO_NIGHTS
    late = Q(finished_at__lt=long_ago) | Q(finished_at=None, next_attempt_at__lt=long_ago)
    return jobs.filter(late) | _failing(jobs)


def _failing(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Return the jobs that fail repeatedly or are killed: a finished job has no attempts."""
    return jobs.filter(attempts__gte=_SEVERAL_TRIES)


def _lag() -> float | None:
    done = WebhookEvent.objects.filter(state=WebhookState.PROCESSED, attempts__gt=0)
    last = done.only("received_at", "processed_at").order_by("-received_at").first()
    return last.lag.total_seconds() if last and last.lag is not None else None


def _counts(rows: QuerySet[Any]) -> dict[str, Any]:
    """Return how many of ``rows`` wait, how many fail repeatedly, and since when the oldest is due.

    One or two failed attempts do not count, and a leased row does not wait.
    """
    now = timezone.now()
    failing = Q(attempts__gte=_SEVERAL_TRIES, last_error__gt="")
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    return rows.aggregate(
        waiting=Count("pk"),
        failing=Count("pk", filter=failing),
        since=Min("next_attempt_at", filter=free & Q(next_attempt_at__lte=now)),
    )


def _seconds_since(moment: datetime | None) -> float:
    return (timezone.now() - moment).total_seconds() if moment else 0


def _is_silent() -> bool:
    """Tell whether payments were made without any event: then the endpoint is not reached.

    Such payments are found by polling, but later; delayed ones only by the nightly reconciliation.
    """
    now = timezone.now()
    paid = Payment.objects.filter(paid_at__gt=now - _RECENTLY, paid_at__lt=now - _MARGIN)
    arrived = WebhookEvent.objects.filter(recovered=False, received_at__gt=now - 2 * _RECENTLY)
    for alias in providers_pollable():
        last_paid = paid.filter(provider=alias).aggregate(at=Max("paid_at"))["at"]
        if last_paid is None:
            continue
        since = last_paid - _MARGIN
        # An event that waited for a consumer arrived long before its payment was applied.
        reported = Q(received_at__gte=since) | Q(processed_at__gte=since)
        if not arrived.filter(reported, provider=alias).exists():
            return True
    return False
