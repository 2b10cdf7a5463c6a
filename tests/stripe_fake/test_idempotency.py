import threading
import time

import pytest
import stripe

from tests.support.stripe_fake.factories import line_item, session_params

DAY = 86400


def open_with(client, key="payment-1-try-1", **changes):
    options = {"idempotency_key": key}
    return client.v1.checkout.sessions.create(session_params(**changes), options)


def count(client):
    return len(client.v1.checkout.sessions.list().data)


def test_the_same_key_returns_the_same_response(client):
    first, second = open_with(client), open_with(client)
    assert second.id == first.id
    assert "idempotent-replayed" not in headers(first)
    assert headers(second)["idempotent-replayed"] == "true"
    assert count(client) == 1


def headers(resource):
    return {name.lower(): value for name, value in resource.last_response.headers.items()}


def test_other_parameters_are_refused(client):
    open_with(client)
    with pytest.raises(stripe.IdempotencyError, match="payment-1-try-1"):
        open_with(client, line_items=[line_item(9900)])
    assert count(client) == 1


def test_key_expires_after_a_day(fake, client):
    first = open_with(client)
    fake.clock.advance(DAY - 60)
    assert open_with(client).id == first.id
    fake.clock.advance(120)
    assert open_with(client).id != first.id


def test_server_error_is_replayed(fake, client):
    fake.fault("error_500", "/v1/checkout/sessions", method="post")
    for replayed in (None, "true"):
        with pytest.raises(stripe.APIError) as caught:
            open_with(client)
        assert caught.value.http_status == 500
        names = {name.lower(): value for name, value in caught.value.headers.items()}
        assert names.get("idempotent-replayed") == replayed
    assert count(client) == 0
    assert open_with(client, "payment-1-try-2").status == "open"


def test_invalid_request_is_not_stored(client):
    with pytest.raises(stripe.InvalidRequestError):
        open_with(client, line_items=[line_item(1, quantity=1)])
    assert open_with(client).status == "open"


def test_refused_refund_is_replayed(fake, client):
    intent = fake.pay(open_with(client).id)["payment_intent"]
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.create(
                {"payment_intent": intent, "amount": 99999}, {"idempotency_key": "refund-1"}
            )
    assert [request[3] for request in fake.requests].count("refund-1") == 1


def test_a_key_in_use_is_a_conflict(fake, client):
    fake.fault("hang", "/v1/checkout/sessions", method="post", seconds=1.5)
    first = threading.Thread(target=open_with, args=(client,))
    first.start()
    while not fake.idempotency.entries:
        time.sleep(0.01)
    with pytest.raises(stripe.StripeError) as caught:
        open_with(client)
    first.join()
    assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
    assert count(client) == 1


def test_modes_share_no_keys(fake, client):
    assert open_with(client).id != open_with(fake.client("sk_live_fake")).id
