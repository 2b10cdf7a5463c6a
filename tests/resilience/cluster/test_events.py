"""Every event is delivered three times at once, in any order, and applied once."""

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
SENDERS = 12
BATCH = 200
TRIES = 20
STORED, BUSY, NO_RESPONSE = 200, 503, None


def deliver(url, body):
    """Send an event until it is stored, as a provider does; return all responses."""
    responses = []
    while STORED not in responses and len(responses) < TRIES:
        if responses:
            sleep(0.5)
        signature = signature_header(body, secrets=["whsec_tests"], at=datetime.now(UTC))
        headers = {"Content-Type": "application/json", HEADER: signature}
        try:
            responses.append(http_post(url, body, headers))
        except (OSError, HTTPException):
            responses.append(NO_RESPONSE)
    return responses


def events_of(site):
    for start in range(0, EVENTS, BATCH):
        yield from site.perform("undelivered_events", payments=min(BATCH, EVENTS - start) // 2)


def test_each_event_three_times_at_once(site):
    """Two events per payment, declined and paid, in any order."""
    bodies = [body.encode() for body in events_of(site)]
    assert len({json.loads(body)["id"] for body in bodies}) == EVENTS
    random.shuffle(bodies)
    url = f"{site.url}/payments/webhooks/sandbox/"
    copies = [body for body in bodies for _ in range(COPIES)]
    with ThreadPoolExecutor(SENDERS) as senders:
        responses = list(senders.map(lambda body: deliver(url, body), copies))
    assert all(each[-1] == STORED for each in responses)
    counts = Counter(response for each in responses for response in each)
    assert set(counts) <= {STORED, BUSY, NO_RESPONSE}
    assert counts[STORED] == COPIES * EVENTS
    all_applied = {"paid": EVENTS // 2, "rows": EVENTS, "declined": EVENTS // 2}
    wait_until(
        lambda: site.perform("inbox", title="Undelivered") == all_applied,
        lambda: str(site.perform("waiting")),
    )
    print(f"{EVENTS} events, responses: {dict(counts)}")
