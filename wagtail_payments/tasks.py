"""Background tasks, each a thin call into a service. Only this module imports Huey.

A task carries an id and its row is the truth, so a task that is lost or runs twice does no harm.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import OperationalError, transaction
from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task, db_task, on_startup

from wagtail_payments.enums import EventSource
from wagtail_payments.models import Payment
from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.services.deliveries.outbox import delivery_send
from wagtail_payments.services.exports.files import export_make
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.services.revenue import revenue_refresh
from wagtail_payments.services.scheduler.jobs import job_do, jobs_due
from wagtail_payments.services.scheduler.sweep import payment_refresh, sweep_due
from wagtail_payments.services.webhooks.inbox import webhook_process

logger = logging.getLogger(__name__)

_LONG_QUEUE = 1000


def enqueue_webhook(event_id: int) -> None:
    """Enqueue a stored event, after the transaction (if any) is committed."""
    transaction.on_commit(partial(_enqueue, process_webhook, event_id))


def enqueue_deliveries(delivery_ids: Iterable[int]) -> None:
    """Enqueue deliveries, after the transaction (if any) is committed."""
    for delivery_id in delivery_ids:
        transaction.on_commit(partial(_enqueue, send_delivery, delivery_id))


def enqueue_jobs(job_ids: Iterable[int]) -> None:
    """Enqueue periodic jobs, after the transaction (if any) is committed."""
    for job_id in job_ids:
        transaction.on_commit(partial(_enqueue, do_job, job_id))


def enqueue_export(export_id: int) -> None:
    """Enqueue an export, after the transaction (if any) is committed."""
    transaction.on_commit(partial(_enqueue, make_export, export_id))


def queue_length() -> int:
    """Return the number of waiting tasks. Raises the storage's error if it cannot be reached."""
    return int(HUEY.pending_count())


def _enqueue(task: Callable[[int], object], row_id: int) -> None:
    """Enqueue ``task``. If the queue is down, the sweep finds the row later."""
    try:
        task(row_id)
    except Exception:
        logger.exception("Row %d could not be queued; the sweep will find it.", row_id)


def enqueue_refund(refund_id: int, retry_at: datetime | None) -> None:
    """Schedule a refund for ``retry_at``, if it has to be retried."""
    if retry_at:
        transaction.on_commit(
            partial(_enqueue, partial(_schedule, send_refund, retry_at), refund_id)
        )


def _schedule(task: Any, at: datetime, row_id: int) -> None:
    task.schedule((row_id,), eta=at)


def ask_provider(payment: Payment) -> Payment:
    """Return the payment with the provider's current state, or unchanged without an answer."""
    try:
        applied = payment_apply(payment_id=payment.pk, source=EventSource.VISITOR)
    except (ProviderError, OperationalError):
        # No answer or a lock timeout: a webhook or the sweep follows.
        return payment
    enqueue_deliveries(applied.delivery_ids)
    return applied.payment


@db_task()
def process_webhook(event_id: int) -> None:
    """Process one inbox row, and schedule the next attempt if it fails."""
    processed = webhook_process(event_id=event_id)
    enqueue_deliveries(processed.delivery_ids)
    if processed.retry_at:
        process_webhook.schedule((event_id,), eta=processed.retry_at)


@db_task()
def send_delivery(delivery_id: int) -> None:
    """Send one outbox row, and schedule the next attempt if it fails."""
    retry_at = delivery_send(delivery_id=delivery_id)
    if retry_at:
        send_delivery.schedule((delivery_id,), eta=retry_at)


@db_task()
def send_refund(refund_id: int) -> None:
    """Send one refund whose outcome is unknown, and schedule the next attempt if needed."""
    sent = refund_send(refund_id=refund_id)
    enqueue_deliveries(sent.delivery_ids)
    if sent.retry_at:
        send_refund.schedule((refund_id,), eta=sent.retry_at)


@db_task()
def make_export(export_id: int) -> None:
    """Create one file, and schedule the next attempt if it fails."""
    retry_at = export_make(export_id=export_id)
    if retry_at:
        make_export.schedule((export_id,), eta=retry_at)


@db_task()
def refresh_payment(payment_id: int) -> None:
    """Poll the provider about an unfinished payment."""
    enqueue_deliveries(payment_refresh(payment_id=payment_id))


@db_periodic_task(crontab(minute="*"))
def sweep() -> None:
    """Enqueue everything that is due: each minute, and when a consumer starts.

    If the queue is long, rows are not enqueued again each minute by every consumer, because it would
    only grow: they wait until it is short. Payments to poll may be in no queue yet, so they are enqueued
    up to twice that length.
    """
    due, length = sweep_due(), queue_length()
    if length < 2 * _LONG_QUEUE:
        for payment_id in due.payment_ids:
            refresh_payment(payment_id)
    if length >= _LONG_QUEUE:
        return
    for event_id in due.webhook_ids:
        process_webhook(event_id)
    for delivery_id in due.delivery_ids:
        send_delivery(delivery_id)
    for refund_id in due.refund_ids:
        send_refund(refund_id)
    for export_id in due.export_ids:
        make_export(export_id)


@db_task()
def do_job(job_id: int) -> None:
    """Run one periodic job."""
    job_do(job_id=job_id)


@db_periodic_task(crontab(minute="*"))
def hand_out_jobs() -> None:
    """Enqueue the periodic jobs that are due."""
    enqueue_jobs(jobs_due())


@db_periodic_task(crontab(minute="*"))
def refresh_revenue() -> None:
    """Refresh the totals of stale days, so that reports have little to do."""
    revenue_refresh()


@on_startup()
def sweep_at_start() -> None:
    """Enqueue the work that a killed consumer has left."""
    sweep.call_local()
