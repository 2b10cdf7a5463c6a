"""The queue: it has to be reachable, and a consumer has to process it."""

from collections.abc import Callable, Iterator

from django.utils import timezone

from wagtail_payments.models import Delivery, Payment, Refund, WebhookEvent
from wagtail_payments.providers.types import Finding, Level
from wagtail_payments.selectors.health.health import PATIENCE
from wagtail_payments.services.scheduler.sweep import sweep_due


def queue_examine(queue_length: Callable[[], int]) -> Iterator[Finding]:
    """Yield whether the queue is reachable, and whether a consumer runs."""
    yield _reached(queue_length)
    late = _late()
    if late:
        yield Finding(
            Level.ERROR,
            f"No consumer seems to run: {late} rows have waited for more than five minutes.",
            "Start manage.py run_huey, and keep it running.",
        )
    else:
        yield Finding(Level.OK, "Nothing has waited for a consumer for more than five minutes.")


def _reached(queue_length: Callable[[], int]) -> Finding:
    try:
        length = queue_length()
    except Exception as error:  # Every storage has errors of its own.
        return Finding(
            Level.ERROR,
            f"The task queue cannot be reached ({type(error).__name__}).",
            "Start its storage, or correct HUEY.",
        )
    return Finding(Level.OK, f"The task queue is reached; {length} tasks wait in it.")


def _late() -> int:
    """Return the number of rows that should have been processed minutes ago."""
    due, since = sweep_due(), timezone.now() - PATIENCE
    events = WebhookEvent.objects.filter(pk__in=due.webhook_ids, next_attempt_at__lte=since)
    deliveries = Delivery.objects.filter(pk__in=due.delivery_ids, next_attempt_at__lte=since)
    refunds = Refund.objects.filter(pk__in=due.refund_ids, next_attempt_at__lte=since)
    payments = Payment.objects.filter(pk__in=due.payment_ids, next_check_at__lte=since)
    return events.count() + deliveries.count() + refunds.count() + payments.count()
