"""The webhook endpoint: 2xx means stored, and nothing else is stored."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from wagtail_payments.enums import WebhookState
from wagtail_payments.models import WebhookEvent
from wagtail_payments.sandbox.signing import signature_header

URL = "/payments/webhooks/sandbox/"
SECRET = "whsec_for_tests"

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def secrets(settings):
    conf = settings.WAGTAIL_PAYMENTS
    sandbox = {
        **conf["PROVIDERS"]["sandbox"],
        "OPTIONS": {"webhook_secrets": [SECRET, "whsec_old"]},
    }
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {"sandbox": sandbox}}


def event_body(**changes):
    facts = {
        "id": f"sbx_evt_{uuid4().hex}",
        "type": "checkout.completed",
        "created": 1,
        "livemode": False,
        "api_version": "1",
        "data": {"checkout": "sbx_cs_unknown", "payment": "sbx_pay_unknown", "metadata": {}},
    }
    return json.dumps({**facts, **changes}).encode()


def send(client, body, *, secret=SECRET, at=None, **headers):
    signed = signature_header(body, secrets=[secret], at=at or timezone.now())
    return client.post(
        URL,
        data=body,
        content_type="application/json",
        headers={"Sandbox-Signature": signed, **headers},
    )


def test_a_valid_event_is_stored_with_its_bytes(client):
    body = event_body()
    assert send(client, body).status_code == 200
    event = WebhookEvent.objects.get()
    assert bytes(event.body) == body
    assert event.type == "checkout.completed"
    assert event.checkout_reference == "sbx_cs_unknown"


def test_the_same_event_twice_is_one_row(client):
    body = event_body()
    assert [send(client, body).status_code for _ in range(3)] == [200, 200, 200]
    assert WebhookEvent.objects.count() == 1


def test_an_older_secret_is_good_while_secrets_are_rotated(client):
    assert send(client, event_body(), secret="whsec_old").status_code == 200
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("offset", [-280, 299])
def test_a_clock_may_be_off_a_little(client, offset):
    at = timezone.now() + timedelta(seconds=offset)
    assert send(client, event_body(), at=at).status_code == 200


@pytest.mark.parametrize("offset", [-302, 302, -86400, 86400])
def test_a_timestamp_too_old_or_too_far_ahead(client, offset):
    at = timezone.now() + timedelta(seconds=offset)
    assert send(client, event_body(), at=at).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_wrong_secret(client):
    assert send(client, event_body(), secret="whsec_other").status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("header", ["", "nonsense", "t=,v1=", "t=1", "v1=aa", "t=x,v1=" + "0" * 64])
def test_a_malformed_signature(client, header):
    response = client.post(
        URL,
        data=event_body(),
        content_type="application/json",
        headers={"Sandbox-Signature": header},
    )
    assert response.status_code == 400
    assert not WebhookEvent.objects.exists()


def test_no_signature(client):
    response = client.post(URL, data=event_body(), content_type="application/json")
    assert response.status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_body_that_was_changed_on_its_way(client):
    body = event_body()
    signed = signature_header(body, secrets=[SECRET], at=timezone.now())
    response = client.post(
        URL,
        data=body.replace(b"unknown", b"another"),
        content_type="application/json",
        headers={"Sandbox-Signature": signed},
    )
    assert response.status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_body_over_one_megabyte(client):
    assert send(client, event_body(padding="x" * 1_000_000)).status_code == 413
    assert not WebhookEvent.objects.exists()


def test_a_large_body_within_the_limit(client):
    assert send(client, event_body(padding="x" * 900_000)).status_code == 200
    assert WebhookEvent.objects.count() == 1


def test_an_unknown_provider(client):
    response = client.post("/payments/webhooks/nobody/", data=b"{}", content_type="text/plain")
    assert response.status_code == 404


def test_get_is_not_allowed(client):
    assert client.get(URL).status_code == 405


def test_an_event_of_the_other_mode_is_stored_and_does_nothing(client):
    assert send(client, event_body(livemode=True)).status_code == 200
    assert WebhookEvent.objects.get().state == WebhookState.IGNORED


def test_an_event_about_an_unknown_object_waits(client):
    send(client, event_body())
    assert WebhookEvent.objects.get().state == WebhookState.PENDING


def test_an_address_without_the_slash_works_too(client):
    body = event_body()
    signed = signature_header(body, secrets=[SECRET], at=timezone.now())
    response = client.post(
        URL.rstrip("/"),
        data=body,
        content_type="application/json",
        headers={"Sandbox-Signature": signed},
    )
    assert response.status_code == 200
    assert WebhookEvent.objects.count() == 1


def test_no_cookie_and_no_csrf_token_is_asked_for():
    from django.test import Client

    assert send(Client(enforce_csrf_checks=True), event_body()).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_request_wide_transaction_is_never_opened(client, monkeypatch):
    """The event is committed when 200 is sent, whatever ATOMIC_REQUESTS says."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert send(client, event_body()).status_code == 200
    connection.close()
    assert WebhookEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_storing_an_event_is_one_statement(client, django_assert_num_queries):
    """A single INSERT commits by itself; a second delivery is refused by the key, then looked up."""
    body = event_body()
    with django_assert_num_queries(1):
        assert send(client, body).status_code == 200
    with django_assert_num_queries(2):
        assert send(client, body).status_code == 200
    assert WebhookEvent.objects.count() == 1


def test_a_duplicate_leaves_a_transaction_around_it_usable(client, django_assert_num_queries):
    body = event_body()
    # Each INSERT has a savepoint of its own.
    with django_assert_num_queries(3):
        assert send(client, body).status_code == 200
    with transaction.atomic():
        assert send(client, body).status_code == 200
        assert WebhookEvent.objects.count() == 1


READ_ONLY = {
    "sqlite": ("PRAGMA query_only = 1", "PRAGMA query_only = 0"),
    "postgresql": (
        "SET default_transaction_read_only = on",
        "SET default_transaction_read_only = off",
    ),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE"),
}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_store_is_no_2xx(client):
    """The provider then tries again."""
    body = event_body()
    begin, end = READ_ONLY[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        assert send(client, body).status_code == 503
    finally:
        with connection.cursor() as cursor:
            cursor.execute(end)
    assert not WebhookEvent.objects.exists()
    assert send(client, body).status_code == 200
    assert WebhookEvent.objects.count() == 1
