"""Every event is delivered three times at once, in any order: stored once, applied once."""

import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPException
from time import sleep

import pytest

from tests.resilience.cluster.site import wait_until
from tests.resilience.sizes import EVENTS
from wagtail_payments.sandbox.http import http_post
from wagtail_payments.sandbox.signing import HEADER, signature_header

pytestmark = [pytest.mark.db, pytest.mark.slow]

COPIES = 3
POSTMEN = 12
BATCH = 200
TRIES = 20
STORED, LATER, SILENT = 200, 503, None


def deliver(url, body):
    """Post until it is stored, as a provider does; return all answers."""
    answers = []
    while STORED not in answers and len(answers) < TRIES:
        if answers:
            sleep(0.5)
        signature = signature_header(body, secrets=["whsec_tests"], at=datetime.now(UTC))
        headers = {"Content-Type": "application/json", HEADER: signature}
        try:
            answers.append(http_post(url, body, headers))
        except (OSError, HTTPException):
            answers.append(SILENT)
    return answers


def events_of(site):
    for start in range(0, EVENTS, BATCH):
        yield from site.perform("untold", payments=min(BATCH, EVENTS - start) // 2)


def test_each_event_three_times_at_once(site):
    """Two events a payment, declined and paid, of which neither waits for the other."""
    bodies = [body.encode() for body in events_of(site)]
    assert len({json.loads(body)["id"] for body in bodies}) == EVENTS
    random.shuffle(bodies)
    url = f"{site.url}/payments/webhooks/sandbox/"
    copies = [body for body in bodies for _ in range(COPIES)]
    with ThreadPoolExecutor(POSTMEN) as postmen:
        answers = list(postmen.map(lambda body: deliver(url, body), copies))
    assert all(each[-1] == STORED for each in answers)
    said = Counter(answer for each in answers for answer in each)
    assert set(said) <= {STORED, LATER, SILENT}
    assert said[STORED] == COPIES * EVENTS
    all_applied = {"paid": EVENTS // 2, "rows": EVENTS, "declined": EVENTS // 2}
    wait_until(
        lambda: site.perform("inbox", title="Untold") == all_applied,
        lambda: str(site.perform("waiting")),
    )
    print(f"{EVENTS} events, answers: {dict(said)}")
