"""How well events come in and what is owed goes out: counts only, nothing of any payer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, Min, Model, QuerySet
from django.utils import timezone

from ..conf import payments_conf
from ..enums import DeliveryState, RefundStatus, WebhookState
from ..models import Delivery, Drift, Job, Payment, Refund, WebhookEvent
from .payments import provider_is_manual

PATIENCE = timedelta(minutes=5)
"""The sweep takes up each minute whatever is due."""

_RECENTLY = timedelta(days=7)
_MARGIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a monitor needs to know. ``lag`` and ``waiting_since`` are in seconds.

    ``lag`` is how long the last event took from being stored to being applied; ``waiting_since`` how
    long the oldest row that should have been worked on has waited.
    """

    last_event_at: datetime | None
    lag: float | None
    backlog: int
    failing: int
    dead: int
    deliveries_waiting: int
    deliveries_dead: int
    refunds_failing: int
    waiting_since: float
    payments_to_review: int
    drifts: int
    jobs_failing: int
    silent: bool

    @property
    def stalled(self) -> bool:
        """Whether rows wait for a consumer that doesn't come."""
        return self.waiting_since > PATIENCE.total_seconds()

    @property
    def ok(self) -> bool:
        """Whether nobody has to do anything."""
        return not (self.stalled or self.silent or any(self.to_look_at))

    @property
    def to_look_at(self) -> tuple[int, ...]:
        """What somebody has to look at, counted."""
        return (
            self.dead,
            self.deliveries_dead,
            self.failing,
            self.refunds_failing,
            self.payments_to_review,
            self.drifts,
            self.jobs_failing,
        )


def payments_health() -> Health:
    """Return how things stand now."""
    events = WebhookEvent.objects.filter(state=WebhookState.PENDING)
    deliveries = Delivery.objects.filter(state=DeliveryState.PENDING)
    refunds = Refund.objects.filter(status=RefundStatus.CREATED)
    return Health(
        last_event_at=WebhookEvent.objects.aggregate(at=Max("received_at"))["at"],
        lag=_lag(),
        backlog=events.count(),
        failing=events.exclude(last_error="").count(),
        dead=WebhookEvent.objects.filter(state=WebhookState.DEAD).count(),
        deliveries_waiting=deliveries.count(),
        deliveries_dead=Delivery.objects.filter(state=DeliveryState.DEAD).count(),
        refunds_failing=refunds.exclude(last_error="").count(),
        waiting_since=max(_waiting_since(rows) for rows in (events, deliveries, refunds)),
        payments_to_review=payments_to_review().count(),
        drifts=drifts_open().count(),
        jobs_failing=Job.objects.exclude(last_error="").count(),
        silent=_is_silent(),
    )


def payments_to_review() -> QuerySet[Payment]:
    """Return the flagged payments whose money wasn't given back."""
    return Payment.objects.exclude(review_reason="").filter(
        captured_amount__gt=F("refunded_amount")
    )


def drifts_open() -> QuerySet[Drift]:
    """Return the differences that somebody has to look at."""
    return Drift.objects.filter(resolved_at=None, dismissed=False)


def _lag() -> float | None:
    done = WebhookEvent.objects.filter(state=WebhookState.PROCESSED, attempts__gt=0)
    last = done.order_by("-received_at").first()
    return last.lag.total_seconds() if last and last.lag is not None else None


def _waiting_since(rows: QuerySet[Model]) -> float:
    """Return for how many seconds the oldest of ``rows`` that are due has waited."""
    now = timezone.now()
    oldest = rows.filter(next_attempt_at__lte=now).aggregate(at=Min("next_attempt_at"))["at"]
    return (now - oldest).total_seconds() if oldest else 0


def _is_silent() -> bool:
    """Tell whether payments were made of which no event told: then the endpoint isn't reached.

    Payments are noticed all the same, by asking; but later, and delayed ones only by the nightly
    reconciliation.
    """
    now = timezone.now()
    manual = [alias for alias in payments_conf().PROVIDERS if provider_is_manual(alias)]
    paid = Payment.objects.filter(paid_at__gt=now - _RECENTLY, paid_at__lt=now - _MARGIN)
    last_paid = paid.exclude(provider__in=manual).values("provider").annotate(at=Max("paid_at"))
    arrived = WebhookEvent.objects.filter(recovered=False, received_at__gt=now - 2 * _RECENTLY)
    last_event = dict(arrived.order_by().values_list("provider").annotate(at=Max("received_at")))
    return any(
        row["provider"] not in last_event or last_event[row["provider"]] < row["at"] - _MARGIN
        for row in last_paid.order_by()
    )
