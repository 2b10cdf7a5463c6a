"""How many payments per second a consumer with four worker processes applies.

All events are queued before it starts. The queue is first in, first out, so the deliveries of the
payments come after the last event: no email is sent in the measured time.
"""

import time

from benchmarks.figures import hold
from benchmarks.stage import Stage

PAYMENTS = 2000
LEAST_RATE = 100
PATIENCE = 300


def run(stage: Stage, *, bound: bool) -> bool:
    """Apply them all; return whether ``bound``, if there is one here, holds."""
    from benchmarks.rows import comparison_waits, count, events_wait, payments_wait
    from wagtail_payments.tasks import enqueue_webhook

    comparison_waits()
    for event_id in events_wait(payments_wait(PAYMENTS, mail_every=1)):
        enqueue_webhook(event_id)
    stage.consumer()
    _wait(stage)
    stage.stop()
    count(payments=PAYMENTS, events=PAYMENTS)
    return _report(bound=bound)


def _wait(stage: Stage) -> None:
    from wagtail_payments.enums import WebhookState
    from wagtail_payments.models import WebhookEvent

    deadline = time.monotonic() + PATIENCE
    while WebhookEvent.objects.filter(state=WebhookState.PENDING).exists():
        stage.check()
        if time.monotonic() > deadline:
            raise SystemExit("The consumer doesn't come to an end.")
        time.sleep(0.2)


def _report(*, bound: bool) -> bool:
    from django.db.models import Max, Min

    from wagtail_payments.models import Delivery, WebhookEvent

    times = WebhookEvent.objects.aggregate(first=Min("processed_at"), last=Max("processed_at"))
    rate = (PAYMENTS - 1) / (times["last"] - times["first"]).total_seconds()
    sent = Delivery.objects.filter(sent_at__lte=times["last"]).count()
    print(f"  deliveries sent in the measured time: {sent} of {Delivery.objects.count()}")
    return hold(
        "payments applied",
        figure=f"{rate:.0f}/s",
        bound=f"at least {LEAST_RATE}/s" if bound else "none here",
        held=rate >= LEAST_RATE or not bound,
    )
