import json
import urllib.error
import urllib.request

import pytest

from tests.support.stripe_fake.factories import create_session


def control(fake, action, **options):
    body = json.dumps({"action": action, **options}).encode()
    with urllib.request.urlopen(f"{fake.url}/_control", body, timeout=10) as response:
        return json.load(response)["answer"]


def test_actions_from_another_process(fake, client):
    session = create_session(client)
    assert control(fake, "decline", id=session.id)["status"] == "open"
    paid = control(fake, "pay", id=session.id)
    assert paid["payment_status"] == "paid"
    control(fake, "next_refund")
    refund = control(fake, "refund_from_dashboard", id=paid["payment_intent"], amount=500)
    assert refund["status"] == "pending"
    control(fake, "refund_update", id=refund["id"], status="succeeded")
    assert client.v1.refunds.retrieve(refund["id"]).status == "succeeded"
    assert control(fake, "events") == fake.events
    assert len(control(fake, "objects", kind="charge")) == 2
    assert control(fake, "violations") == []


def test_faults_and_settings_from_another_process(fake, client):
    session = create_session(client)
    control(fake, "fault", kind="drop_field", path="/v1/checkout/*", field="status")
    assert "status" not in client.v1.checkout.sessions.retrieve(session.id)
    control(fake, "fault", kind="error_500")
    control(fake, "faults_clear")
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    control(fake, "endpoint", url="http://127.0.0.1:9/", secrets=["whsec_x"])
    assert fake.endpoint == ("http://127.0.0.1:9/", ["whsec_x"])
    fake.endpoint = None
    control(fake, "advance", seconds=86401)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_impossible_action_is_a_conflict(fake, client):
    session = create_session(client)
    control(fake, "pay", id=session.id)
    with pytest.raises(urllib.error.HTTPError) as caught:
        control(fake, "pay", id=session.id)
    caught.value.close()
    assert caught.value.code == 409
    assert len(client.v1.charges.list().data) == 1


def test_unknown_action_is_a_violation(fake):
    with pytest.raises(urllib.error.HTTPError) as caught:
        control(fake, "rob")
    caught.value.close()
    assert "rob" in fake.violations.pop()
