import pytest
import stripe

from tests.support.stripe_fake.factories import create_payment, create_session, session_params

SESSIONS = "/v1/checkout/sessions"


def count(client):
    return len(client.v1.checkout.sessions.list().data)


def test_rate_limit(fake, client):
    fake.fault("rate_limit", SESSIONS)
    with pytest.raises(stripe.RateLimitError) as caught:
        create_session(client)
    assert caught.value.error.code == "rate_limit"
    assert create_session(client).status == "open"


def test_sdk_retries_after_a_timeout(fake):
    client = fake.client(max_network_retries=2)
    fake.fault("timeout_after_success", SESSIONS, method="post")
    session = create_session(client)
    assert [one.id for one in client.v1.checkout.sessions.list().data] == [session.id]


def test_timeout_after_success_without_a_retry(fake, client):
    fake.fault("timeout_after_success", SESSIONS, method="post")
    options = {"idempotency_key": "one"}
    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(session_params(), options)
    assert count(client) == 1
    assert client.v1.checkout.sessions.create(session_params(), options).status == "open"
    assert count(client) == 1


def test_hanging_request_times_out(fake):
    client = fake.client(http_client=stripe.RequestsClient(timeout=0.2))
    fake.fault("hang", SESSIONS, method="post", seconds=0.6)
    with pytest.raises(stripe.APIConnectionError):
        create_session(client)
    client._requestor._client.close()


def test_missing_field(fake, client):
    session = create_session(client)
    fake.fault("drop_field", f"{SESSIONS}/*", field="payment_status")
    assert "payment_status" not in client.v1.checkout.sessions.retrieve(session.id)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_missing_nested_field(fake, client):
    intent = create_payment(fake, client)
    fake.fault("drop_field", "/v1/payment_intents/*", field="latest_charge.payment_method_details")
    found = client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]})
    assert "payment_method_details" not in found.latest_charge


def test_unknown_fields_and_values(fake, client):
    session = create_session(client)
    fake.fault("unknown_fields", f"{SESSIONS}/*")
    fake.fault("new_enum", f"{SESSIONS}/*", field="status", value="dreaming")
    found = client.v1.checkout.sessions.retrieve(session.id)
    assert (found.quantum_state, found.status) == ("both", "dreaming")


def test_refused_refund(fake, client):
    intent = create_payment(fake, client)
    fake.fault("refused_refund", code="charge_not_refundable")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent})
    assert caught.value.code == "charge_not_refundable"
    assert client.v1.refunds.list().data == []


def test_faults_are_limited_by_path_and_count(fake, client):
    fake.fault("error_500", "/v1/refunds", times=2)
    create_session(client)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.refunds.list()
    assert client.v1.refunds.list().data == []
