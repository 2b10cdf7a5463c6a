"""Whether web server and consumer stay as large as they are: events by HTTP, processed and delivered."""

import random
import time
from collections.abc import Iterator
from subprocess import Popen

import psutil

from benchmarks.events import event_body
from benchmarks.figures import hold
from benchmarks.load import Load
from benchmarks.stage import Stage

URL = "/payments/webhooks/instant/"
FULL, REDUCED = 100_000, 10_000
EVENTS_A_PAYMENT = 10
MAIL_EVERY = 20
CHUNK = 1000
MOST_WAITING = 500
LARGEST_GROWTH = 1.1
PATIENCE = 300


def run(stage: Stage, *, full: bool) -> bool:
    """Send them in portions; return whether memory after a tenth and at the end is about the same."""
    from benchmarks.rows import comparison_waits, count, payments_wait

    events = FULL if full else REDUCED
    payments = events // EVENTS_A_PAYMENT
    comparison_waits()
    references = payments_wait(payments, mail_every=MAIL_EVERY)
    processes = {"web server": stage.web_server(), "consumer": stage.consumer()}
    begun, early = time.monotonic(), {}
    for sent in _send(stage, references):
        if sent == events // 10:
            _settle(stage, 0)
            early = _sizes(processes)
    _settle(stage, 0)
    seconds, late = time.monotonic() - begun, _sizes(processes)
    stage.stop()
    count(payments=payments, events=events)
    print(f"  received, processed and delivered in {seconds:.0f} s")
    held = [_report(name, early[name], late[name]) for name in processes]
    return all(held)


def _send(stage: Stage, references: list[str]) -> Iterator[int]:
    """Send the events of some payments at a time, in any order; tell how many were sent so far."""
    from django.conf import settings

    load = Load(stage.port, settings.BENCH_SECRET)
    step = CHUNK // EVENTS_A_PAYMENT
    try:
        for first in range(0, len(references), step):
            portion = references[first : first + step]
            bodies = [event_body(name) for name in portion for _ in range(EVENTS_A_PAYMENT)]
            random.shuffle(bodies)
            load.round(URL, bodies)
            _settle(stage, MOST_WAITING)
            yield (first + len(portion)) * EVENTS_A_PAYMENT
    finally:
        load.stop()


def _settle(stage: Stage, most: int) -> None:
    """Return once no more than ``most`` rows wait, in the inbox and in the outbox."""
    from wagtail_payments.models import Delivery, WebhookEvent

    deadline = time.monotonic() + PATIENCE
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
    return hold(
        f"{name}, all workers: {early:.0f} MB after 10 %, {late:.0f} MB at the end",
        figure=f"×{late / early:.3f}",
        bound=f"at most {LARGEST_GROWTH}",
        held=late / early <= LARGEST_GROWTH,
    )
