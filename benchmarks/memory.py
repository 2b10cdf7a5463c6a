"""Measures whether the memory of web server and consumer grows while they process events."""

import random
import time
from collections.abc import Iterator
from subprocess import Popen

import psutil

from benchmarks.events import event_body
from benchmarks.figures import check_limit
from benchmarks.load import Load
from benchmarks.stage import Stage

URL = "/payments/webhooks/instant/"
FULL, REDUCED = 100_000, 10_000
EVENTS_PER_PAYMENT = 10
EMAIL_EVERY = 20
CHUNK = 1000
MOST_WAITING = 500
LARGEST_GROWTH = 1.1
TIMEOUT = 300


def run(stage: Stage, *, full: bool) -> bool:
    """Send the events; return whether memory is about the same after a tenth and at the end."""
    from benchmarks.rows import count, create_payments, postpone_reconciliation

    events = FULL if full else REDUCED
    payments = events // EVENTS_PER_PAYMENT
    postpone_reconciliation()
    references = create_payments(payments, email_every=EMAIL_EVERY)
    processes = {"web server": stage.web_server(), "consumer": stage.consumer()}
    start, early = time.monotonic(), {}
    for sent in _send(stage, references):
        if sent == events // 10:
            _settle(stage, 0)
            early = _sizes(processes)
    _settle(stage, 0)
    seconds, late = time.monotonic() - start, _sizes(processes)
    stage.stop()
    count(payments=payments, events=events)
    print(f"  received, processed and delivered in {seconds:.0f} s")
    passed = [_report(name, early[name], late[name]) for name in processes]
    return all(passed)


def _send(stage: Stage, references: list[str]) -> Iterator[int]:
    """Send the events of some payments at a time, in random order; yield the number sent so far."""
    from django.conf import settings

    load = Load(stage.port, settings.BENCH_SECRET)
    step = CHUNK // EVENTS_PER_PAYMENT
    try:
        for first in range(0, len(references), step):
            portion = references[first : first + step]
            bodies = [event_body(name) for name in portion for _ in range(EVENTS_PER_PAYMENT)]
            random.shuffle(bodies)
            load.round(URL, bodies)
            _settle(stage, MOST_WAITING)
            yield (first + len(portion)) * EVENTS_PER_PAYMENT
    finally:
        load.stop()


def _settle(stage: Stage, most: int) -> None:
    """Wait until at most ``most`` rows are pending in the inbox, and in the outbox."""
    from wagtail_payments.models import Delivery, WebhookEvent

    deadline = time.monotonic() + TIMEOUT
    while any(m.objects.filter(state="pending").count() > most for m in (WebhookEvent, Delivery)):
        stage.check()
        if time.monotonic() > deadline:
            raise SystemExit("The consumer doesn't keep up.")
        time.sleep(0.1)


def _sizes(processes: dict[str, Popen[bytes]]) -> dict[str, float]:
    """Return the resident memory of each process with its workers, in MB."""
    return {name: _size(psutil.Process(process.pid)) for name, process in processes.items()}


def _size(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_info().rss for member in family) / 1e6


def _report(name: str, early: float, late: float) -> bool:
    return check_limit(
        f"{name}, all workers: {early:.0f} MB after 10 %, {late:.0f} MB at the end",
        figure=f"×{late / early:.3f}",
        limit=f"at most {LARGEST_GROWTH}",
        passed=late / early <= LARGEST_GROWTH,
    )
