"""Our webhook endpoint against two bare views, in turns over eight connections.

One keeps each event once, by the unique key that every inbox needs; ours is held to that. The other keeps
the bytes alone.
"""

import statistics
from typing import Any

from benchmarks.events import event_body
from benchmarks.figures import hold
from benchmarks.load import CONNECTIONS, Load
from benchmarks.stage import Stage

OURS, EVENTS, BYTES = "/payments/webhooks/sandbox/", "/bare/events/", "/bare/bytes/"
NAMES = {
    OURS: "our endpoint",
    EVENTS: "bare view, each event once",
    BYTES: "bare view, bytes alone",
}
ROUNDS = 20
SENT = 300
LEAST_RATIO = 0.7
LONGEST_P99 = 0.05

Round = dict[str, dict[str, Any]]


def run(stage: Stage, *, bound: bool) -> bool:
    """Send a few thousand events to each; return whether the bounds, if there are any here, hold."""
    stage.web_server()
    rounds = [_round(stage.port, number) for number in range(ROUNDS + 1)]
    _count((ROUNDS + 1) * SENT)
    # The first round only warms up.
    return _report(rounds[1:], bound=bound)


def _round(port: int, number: int) -> Round:
    """Let each have its turn, another one first each time.

    Each round has connections of its own: as they are opened the workers share them, once for all.
    """
    from django.conf import settings

    first = number % len(NAMES)
    paths = [*NAMES][first:] + [*NAMES][:first]
    load = Load(port, settings.BENCH_SECRET)
    try:
        return {path: load.round(path, [event_body() for _ in range(SENT)]) for path in paths}
    finally:
        load.stop()


def _report(rounds: list[Round], *, bound: bool) -> bool:
    p99 = {path: _p99(rounds, path) for path in NAMES}
    for path, name in NAMES.items():
        rate = statistics.median(SENT / answers[path]["seconds"] for answers in rounds)
        print(f"  {name:<48} {rate:8.0f} events/s   p99 {p99[path] * 1000:6.1f} ms")
    ratio = _ratio(rounds, EVENTS)
    print(f"  {'throughput, ours to the bytes alone':<48} {f'×{_ratio(rounds, BYTES):.2f}':>14}")
    fast = hold(
        "throughput, ours to each event once",
        figure=f"×{ratio:.2f}",
        bound=f"at least {LEAST_RATIO}" if bound else "none here",
        held=ratio >= LEAST_RATIO or not bound,
    )
    even = hold(
        f"p99 at concurrency {CONNECTIONS}, against that one's",
        figure=f"{p99[OURS] * 1000:.1f} ms ×{p99[OURS] / p99[EVENTS]:.2f}",
        bound=f"under {LONGEST_P99 * 1000:.0f} ms" if bound else "none here",
        held=p99[OURS] < LONGEST_P99 or not bound,
    )
    return fast and even


def _p99(rounds: list[Round], path: str) -> float:
    times = [time for answers in rounds for time in answers[path]["times"]]
    return statistics.quantiles(times, n=100)[-1]


def _ratio(rounds: list[Round], bare: str) -> float:
    """Return our throughput by the other's, in the round in the middle."""
    return statistics.median(each[bare]["seconds"] / each[OURS]["seconds"] for each in rounds)


def _count(sent: int) -> None:
    """Raise SystemExit unless every event is one row, and was handed to the queue once."""
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
        raise SystemExit(f"{sent} events were answered 200, but there are: {counts}")
    print(f"  {sent} events each: 0 lost, 0 doubled")
