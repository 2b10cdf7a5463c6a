"""The sandbox's background tasks, each a thin call into a service."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, on_startup

from wagtail_payments.sandbox.services.attempts import attempt_settle, attempts_due
from wagtail_payments.sandbox.services.deliveries import (
    Waiting,
    deliveries_due,
    deliveries_waiting,
    delivery_send,
)
from wagtail_payments.sandbox.services.sessions import session_expire, sessions_overdue

from .enums import AttemptState
from .models import Session


def session_enqueue(session: Session) -> None:
    """Enqueue the pending work of a session, after the transaction is committed.

    If the queue is down, the sweep finds the rows later.
    """
    _enqueue_deliveries(deliveries_waiting(session))
    for attempt in session.attempts.filter(state=AttemptState.PROCESSING):
        _enqueue(settle, attempt.pk, attempt.settles_at or timezone.now())


@db_task()
def deliver(delivery_id: int) -> None:
    """Make one delivery, and schedule the next attempt if it fails."""
    _enqueue_deliveries(delivery_send(delivery_id=delivery_id))


@db_task()
def settle(attempt_id: int) -> None:
    """Settle a delayed attempt."""
    session = attempt_settle(attempt_id=attempt_id)
    if session:
        _enqueue_deliveries(deliveries_waiting(session))


@db_periodic_task(crontab(minute="*"))
def sandbox_sweep() -> None:
    """Enqueue everything that is due: each minute, and when a consumer starts."""
    for session in sessions_overdue():
        session_expire(session)
    for attempt_id in attempts_due():
        settle(attempt_id)
    for delivery_id in deliveries_due():
        deliver(delivery_id)


# Huey keeps one start-up function per name, whatever its module.
@on_startup()
def sandbox_sweep_at_start() -> None:
    """Enqueue the work that a killed consumer has left."""
    sandbox_sweep.call_local()


def _enqueue_deliveries(waiting: Iterable[Waiting]) -> None:
    for delivery in waiting:
        _enqueue(deliver, delivery.delivery_id, delivery.at)


def _enqueue(task: Any, pk: int, at: datetime) -> None:
    def run() -> None:
        if at > timezone.now():
            task.schedule((pk,), eta=at)
        else:
            task(pk)

    transaction.on_commit(run, robust=True)
