"""Measures the payments per second of a consumer with four worker processes.

All events are queued before it starts. The queue is first in, first out, so the deliveries come after
the last event, and no email is sent in the measured time.
"""

import time

from benchmarks.figures import check_limit
from benchmarks.stage import Stage

PAYMENTS = 2000
LEAST_RATE = 100
TIMEOUT = 300


def run(stage: Stage, *, enforce: bool) -> bool:
    """Process all events; return whether the limit is kept, or not enforced."""
    from benchmarks.rows import count, create_events, create_payments, postpone_reconciliation
    from wagtail_payments.tasks import enqueue_webhook

    postpone_reconciliation()
    for event_id in create_events(create_payments(PAYMENTS, email_every=1)):
        enqueue_webhook(event_id)
    stage.consumer()
    _wait(stage)
    stage.stop()
    count(payments=PAYMENTS, events=PAYMENTS)
    return _report(enforce=enforce)


def _wait(stage: Stage) -> None:
    from wagtail_payments.enums import WebhookState
    from wagtail_payments.models import WebhookEvent

    deadline = time.monotonic() + TIMEOUT
    while WebhookEvent.objects.filter(state=WebhookState.PENDING).exists():
        stage.check()
        if time.monotonic() > deadline:
            raise SystemExit("The consumer doesn't finish in time.")
        time.sleep(0.2)


def _report(*, enforce: bool) -> bool:
    from django.db.models import Max, Min

    from wagtail_payments.models import Delivery, WebhookEvent

    times = WebhookEvent.objects.aggregate(first=Min("processed_at"), last=Max("processed_at"))
    rate = (PAYMENTS - 1) / (times["last"] - times["first"]).total_seconds()
    sent = Delivery.objects.filter(sent_at__lte=times["last"]).count()
    print(f"  deliveries sent in the measured time: {sent} of {Delivery.objects.count()}")
    return check_limit(
        "payments applied",
        figure=f"{rate:.0f}/s",
        limit=f"at least {LEAST_RATE}/s" if enforce else "none",
        passed=rate >= LEAST_RATE or not enforce,
    )
