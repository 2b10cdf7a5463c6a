import pytest
import stripe

from tests.support.stripe_fake.factories import create_payment, create_session
from tests.support.stripe_fake.fake import AnswerInvalid
from tests.support.stripe_fake.schema import answer_errors, answer_validator, document, retrieve
from tests.support.stripe_fake.store import public


def violation(fake):
    found = fake.violations.pop()
    assert fake.violations == []
    return found


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"nonsense": "1"}, "nonsense"),
        ({"mode": "gift"}, "mode"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"line_items": [{"quantity": "two"}]}, "line_items[0][quantity]"),
        ({"automatic_tax": {"liability": {"type": "self"}}}, "automatic_tax[enabled]"),
    ],
)
def test_invalid_request_is_refused(fake, client, changes, param):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        create_session(client, **changes)
    assert (caught.value.http_status, caught.value.error.param) == (400, param)
    assert "/v1/checkout/sessions" in violation(fake)
    assert client.v1.checkout.sessions.list().data == []


def test_allowed_payment_method_types(client):
    session = create_session(client, allowed_payment_method_types=["card"])
    assert session.payment_method_types == ["card"]


def test_an_unknown_path(fake, client):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.list()
    assert caught.value.http_status == 404
    assert "unknown to the fake" in violation(fake)


@pytest.mark.parametrize(
    ("name", "value"), [("status", "dreaming"), ("amount", "a lot"), ("colour", "blue")]
)
def test_invalid_object_is_refused(fake, client, name, value):
    intent = create_payment(fake, client)
    fake.store.objects[intent][name] = value
    with pytest.raises(stripe.StripeError) as caught:
        client.v1.payment_intents.retrieve(intent)
    assert caught.value.http_status == 500
    assert any(intent in found for found in fake.violations)
    fake.violations.clear()


def test_event_with_an_invalid_object_is_refused(fake, client):
    session = create_session(client)
    fake.store.objects[session.id]["amount_total"] = "a lot"
    with pytest.raises(AnswerInvalid):
        fake.expire(session.id)
    assert fake.events == []
    fake.violations.clear()


@pytest.mark.parametrize("kind", ["checkout.session", "payment_intent", "charge", "refund"])
def test_schemas_are_cached(fake, client, kind):
    client.v1.refunds.create({"payment_intent": create_payment(fake, client)})
    obj = public(fake.store.find(kind)[0])
    assert answer_errors(obj) == []
    misses = [each.cache_info().misses for each in (answer_validator, retrieve, document)]
    assert answer_errors(obj) == []
    assert [each.cache_info().misses for each in (answer_validator, retrieve, document)] == misses


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        ("sk_test_unknown1234", stripe.AuthenticationError, r"sk_test_\*+1234$"),
        ("pk_test_fake", stripe.PermissionError, "publishable"),
    ],
)
def test_invalid_keys_are_refused(fake, key, error, message):
    with pytest.raises(error, match=message):
        create_session(fake.client(key))
    assert fake.client().v1.checkout.sessions.list().data == []


def test_restricted_key_is_accepted(fake):
    assert create_session(fake.client("rk_test_fake")).livemode is False


def test_another_version_is_refused(fake, client):
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        client.v1.balance.retrieve(options={"stripe_version": "2020-08-27"})
    assert "2020-08-27" in violation(fake)


def test_responses_have_a_request_id(client):
    response = client.v1.accounts.retrieve_current().last_response
    assert response.request_id.startswith("req_")


def test_errors_have_a_log_url(client):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.retrieve("re_missing")
    error = caught.value
    assert (error.http_status, error.code, error.error.param) == (404, "resource_missing", "refund")
    assert (
        error.error.request_log_url == f"https://dashboard.stripe.com/test/logs/{error.request_id}"
    )
