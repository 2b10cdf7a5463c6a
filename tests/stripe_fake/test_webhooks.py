import json
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import stripe

from tests.support.stripe_fake.factories import create_session, event_types

TIMEOUT = 10


class Site(BaseHTTPRequestHandler):
    """Refuses the first deliveries, and stores the others."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        server.refusals -= 1
        self.send_response(500 if server.refusals >= 0 else 200)
        self.end_headers()
        if server.refusals < 0:
            server.received.append((body, self.headers["Stripe-Signature"]))

    def log_message(self, *args):
        """Disable logging."""


@pytest.fixture
def site():
    server = HTTPServer(("127.0.0.1", 0), Site)
    server.refusals, server.received = 0, []
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def wait_for(condition):
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def endpoint(site):
    return f"http://127.0.0.1:{site.server_address[1]}/webhooks/", ["whsec_old", "whsec_new"]


def test_a_signed_event(fake, client):
    fake.pay(create_session(client).id)
    body, headers = fake.webhook(fake.events[-1], secret="whsec_a")
    event = client.construct_event(body, headers["stripe-signature"], "whsec_a")
    assert event.type == "checkout.session.completed"
    assert event.api_version == stripe.api_version
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body + b" ", headers["stripe-signature"], "whsec_a")
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body, headers["stripe-signature"], "whsec_b")


def test_an_event_signed_with_several_secrets_at_another_time(fake, client):
    fake.expire(create_session(client).id)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    body, headers = fake.webhook(fake.events[-1], secret=["whsec_a", "whsec_b"], at=at)
    signature = headers["stripe-signature"]
    assert signature.startswith(f"t={int(at.timestamp())},v1=")
    assert signature.count("v1=") == 2
    for secret in ("whsec_a", "whsec_b"):
        assert client.construct_event(body, signature, secret, tolerance=10**9).type
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        client.construct_event(body, signature, "whsec_a")


def test_snapshot_does_not_change(fake, client):
    session = create_session(client)
    fake.pay_later(session.id)
    completed = fake.events[-1]
    fake.settle(session.id)
    found = client.v1.events.retrieve(completed["id"])
    assert found.data.object["payment_status"] == "unpaid"
    assert fake.events[-1]["data"]["object"]["payment_status"] == "paid"


def test_event_has_the_request_that_caused_it(fake, client):
    session = create_session(client)
    client.v1.checkout.sessions.expire(session.id, None, {"idempotency_key": "expire-1"})
    assert fake.events[-1]["request"]["idempotency_key"] == "expire-1"
    fake.pay(create_session(client).id)
    assert fake.events[-1]["request"] == {"id": None, "idempotency_key": None}


def test_events_are_delivered_in_order_and_retried(fake, client, site):
    fake.endpoint, site.refusals = endpoint(site), 2
    fake.pay(create_session(client).id)
    wait_for(lambda: len(site.received) == 4)
    assert [json.loads(body)["type"] for body, _ in site.received] == event_types(fake)
    for body, signature in site.received:
        for secret in ("whsec_old", "whsec_new"):
            assert client.construct_event(body, signature, secret).livemode is False
    wait_for(lambda: not client.v1.events.list({"delivery_success": False}).data)


def test_undelivered_events_can_be_listed(fake, client):
    fake.pay(create_session(client).id)
    lost = fake.events[0]
    fake.lose(lost["id"])
    found = client.v1.events.list({"delivery_success": False}).data
    assert [one.id for one in found] == [lost["id"]]
    assert len(client.v1.events.list({"delivery_success": True}).data) == 3


def test_events_are_listed_by_type_and_time(fake, client):
    fake.pay(create_session(client).id)
    wanted = ["charge.succeeded", "checkout.session.completed"]
    found = client.v1.events.list({"types": wanted}).data
    assert [one.type for one in found] == wanted[::-1]
    assert client.v1.events.list({"created": {"gte": int(time.time()) + 60}}).data == []
    assert len(client.v1.events.list({"limit": 3}).data) == 3
