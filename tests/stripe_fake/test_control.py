import json
import urllib.error
import urllib.request

import pytest

from tests.support.stripe_fake.making import opened


def order(fake, perform, **facts):
    body = json.dumps({"do": perform, **facts}).encode()
    with urllib.request.urlopen(f"{fake.url}/_control", body, timeout=10) as answer:
        return json.load(answer)["answer"]


def test_deeds_from_another_process(fake, client):
    session = opened(client)
    assert order(fake, "decline", id=session.id)["status"] == "open"
    paid = order(fake, "pay", id=session.id)
    assert paid["payment_status"] == "paid"
    order(fake, "next_refund")
    refund = order(fake, "refund_from_dashboard", id=paid["payment_intent"], amount=500)
    assert refund["status"] == "pending"
    order(fake, "refund_update", id=refund["id"], status="succeeded")
    assert client.v1.refunds.retrieve(refund["id"]).status == "succeeded"
    assert order(fake, "events") == fake.events
    assert len(order(fake, "objects", kind="charge")) == 2
    assert order(fake, "violations") == []


def test_faults_and_settings_from_another_process(fake, client):
    session = opened(client)
    order(fake, "fault", kind="drop_field", path="/v1/checkout/*", field="status")
    assert "status" not in client.v1.checkout.sessions.retrieve(session.id)
    order(fake, "fault", kind="error_500")
    order(fake, "faults_clear")
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    order(fake, "endpoint", url="http://127.0.0.1:9/", secrets=["whsec_x"])
    assert fake.endpoint == ("http://127.0.0.1:9/", ["whsec_x"])
    fake.endpoint = None
    order(fake, "advance", seconds=86401)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_a_deed_that_is_impossible_is_a_conflict(fake, client):
    session = opened(client)
    order(fake, "pay", id=session.id)
    with pytest.raises(urllib.error.HTTPError) as caught:
        order(fake, "pay", id=session.id)
    caught.value.close()
    assert caught.value.code == 409
    assert len(client.v1.charges.list().data) == 1


def test_an_order_that_nobody_knows(fake):
    with pytest.raises(urllib.error.HTTPError) as caught:
        order(fake, "rob")
    caught.value.close()
    assert "rob" in fake.violations.pop()
