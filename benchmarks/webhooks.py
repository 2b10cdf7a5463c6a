"""Our webhook endpoint against a bare view, in turns over the same eight connections."""

import statistics

from benchmarks.events import event_body
from benchmarks.figures import hold
from benchmarks.load import CONNECTIONS, Load
from benchmarks.stage import Stage

BARE, OURS = "/bare/", "/payments/webhooks/sandbox/"
ROUNDS = 12
EVENTS = 300
LEAST_RATIO = 0.7
LONGEST_P99 = 0.05


def run(stage: Stage) -> bool:
    """Send a few thousand events to each; return whether the bounds hold."""
    from django.conf import settings

    stage.web_server()
    load = Load(stage.port, settings.BENCH_SECRET)
    try:
        measured = [_pair(load, number) for number in range(ROUNDS + 1)]
    finally:
        load.stop()
    _count((ROUNDS + 1) * EVENTS)
    # The first round only warms up.
    return _report(measured[1:])


def _pair(load: Load, number: int) -> dict[str, dict]:
    paths = (BARE, OURS) if number % 2 else (OURS, BARE)
    return {path: load.round(path, [event_body() for _ in range(EVENTS)]) for path in paths}


def _report(rounds: list[dict[str, dict]]) -> bool:
    rates = {path: [EVENTS / pair[path]["seconds"] for pair in rounds] for path in (BARE, OURS)}
    p99 = {
        path: statistics.quantiles([t for pair in rounds for t in pair[path]["times"]], n=100)[-1]
        for path in (BARE, OURS)
    }
    for name, path in (("bare view", BARE), ("our endpoint", OURS)):
        rate = statistics.median(rates[path])
        print(f"  {name:<48} {rate:8.0f} events/s   p99 {p99[path] * 1000:6.1f} ms")
    ratio = statistics.median(a / b for a, b in zip(rates[OURS], rates[BARE], strict=True))
    return all(
        [
            hold(
                "throughput, ours to bare",
                figure=f"×{ratio:.2f}",
                bound=f"at least {LEAST_RATIO}",
                held=ratio >= LEAST_RATIO,
            ),
            hold(
                f"p99 at concurrency {CONNECTIONS}, against the bare view's",
                figure=f"{p99[OURS] * 1000:.1f} ms ×{p99[OURS] / p99[BARE]:.2f}",
                bound=f"under {LONGEST_P99 * 1000:.0f} ms",
                held=p99[OURS] < LONGEST_P99,
            ),
        ]
    )


def _count(sent: int) -> None:
    """Raise SystemExit unless every event is one row, and was handed to the queue once."""
    from benchmarks.bare.models import BareEvent
    from wagtail_payments.models import WebhookEvent
    from wagtail_payments.tasks import queue_length

    counts = {
        "bare rows": BareEvent.objects.count(),
        "rows": WebhookEvent.objects.count(),
        "different events": WebhookEvent.objects.values("event_id").distinct().count(),
        "queued": queue_length(),
    }
    if set(counts.values()) != {sent}:
        raise SystemExit(f"{sent} events were answered 200, but there are: {counts}")
    print(f"  {sent} events: 0 lost, 0 doubled")
