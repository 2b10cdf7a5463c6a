"""Compares our webhook endpoint with two bare views, in turn, over eight connections.

One view stores each event once, with a unique id; our limits refer to it. The other stores only the body.
"""

import statistics
from typing import Any

from benchmarks.events import event_body
from benchmarks.figures import check_limit
from benchmarks.load import CONNECTIONS, Load
from benchmarks.stage import Stage

OURS, EVENTS, BYTES = "/payments/webhooks/sandbox/", "/bare/events/", "/bare/bytes/"
NAMES = {
    OURS: "our endpoint",
    EVENTS: "bare view, unique events",
    BYTES: "bare view, body only",
}
ROUNDS = 20
SENT = 300
LEAST_RATIO = 0.7
LONGEST_P99 = 0.05

Round = dict[str, dict[str, Any]]


def run(stage: Stage, *, enforce: bool) -> bool:
    """Send a few thousand events to each view; return whether the limits are kept, or not enforced."""
    stage.web_server()
    rounds = [_round(stage.port, number) for number in range(ROUNDS + 1)]
    _count((ROUNDS + 1) * SENT)
    # The first round is a warm-up.
    return _report(rounds[1:], enforce=enforce)


def _round(port: int, number: int) -> Round:
    """Send events to each endpoint, starting with another one each time.

    Each round opens new connections, because they stay with the worker that accepted them.
    """
    from django.conf import settings

    first = number % len(NAMES)
    paths = [*NAMES][first:] + [*NAMES][:first]
    load = Load(port, settings.BENCH_SECRET)
    try:
        return {path: load.round(path, [event_body() for _ in range(SENT)]) for path in paths}
    finally:
        load.stop()


def _report(rounds: list[Round], *, enforce: bool) -> bool:
    p99 = {path: _p99(rounds, path) for path in NAMES}
    for path, name in NAMES.items():
        rate = statistics.median(SENT / answers[path]["seconds"] for answers in rounds)
        print(f"  {name:<48} {rate:8.0f} events/s   p99 {p99[path] * 1000:6.1f} ms")
    ratio = _ratio(rounds, EVENTS)
    print(f"  {'throughput, ours to body only':<48} {f'×{_ratio(rounds, BYTES):.2f}':>14}")
    fast = check_limit(
        "throughput, ours to unique events",
        figure=f"×{ratio:.2f}",
        limit=f"at least {LEAST_RATIO}" if enforce else "none",
        passed=ratio >= LEAST_RATIO or not enforce,
    )
    even = check_limit(
        f"p99 at concurrency {CONNECTIONS}, compared with unique events",
        figure=f"{p99[OURS] * 1000:.1f} ms ×{p99[OURS] / p99[EVENTS]:.2f}",
        limit=f"under {LONGEST_P99 * 1000:.0f} ms" if enforce else "none",
        passed=p99[OURS] < LONGEST_P99 or not enforce,
    )
    return fast and even


def _p99(rounds: list[Round], path: str) -> float:
    times = [time for answers in rounds for time in answers[path]["times"]]
    return statistics.quantiles(times, n=100)[-1]


def _ratio(rounds: list[Round], bare: str) -> float:
    """Return the median ratio of our throughput to the other's."""
    return statistics.median(each[bare]["seconds"] / each[OURS]["seconds"] for each in rounds)


def _count(sent: int) -> None:
    """Raise SystemExit unless every event was stored and queued once."""
    from benchmarks.bare.models import BareBytes, BareEvent
    from wagtail_payments.models import WebhookEvent
    from wagtail_payments.tasks import queue_length

    counts = {
        "bare events": BareEvent.objects.count(),
        "bare bytes": BareBytes.objects.count(),
        "rows": WebhookEvent.objects.count(),
        "different events": WebhookEvent.objects.values("event_id").distinct().count(),
        "queued": queue_length(),
    }
    if set(counts.values()) != {sent}:
        raise SystemExit(f"{sent} events got a 200 response, but the counts are: {counts}")
    print(f"  {sent} events each: 0 lost, 0 duplicated")
