"""The webhook endpoint: 2xx means that the event is stored. Refused events are not stored."""

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
    fields = {
        "id": f"sbx_evt_{uuid4().hex}",
        "type": "checkout.completed",
        "created": 1,
        "livemode": False,
        "api_version": "1",
        "data": {"checkout": "sbx_cs_unknown", "payment": "sbx_pay_unknown", "metadata": {}},
    }
    return json.dumps({**fields, **changes}).encode()


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


def test_duplicate_events_are_stored_once(client):
    body = event_body()
    assert [send(client, body).status_code for _ in range(3)] == [200, 200, 200]
    assert WebhookEvent.objects.count() == 1


def test_an_old_secret_is_accepted_during_rotation(client):
    assert send(client, event_body(), secret="whsec_old").status_code == 200
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("offset", [-280, 299])
def test_small_clock_differences_are_accepted(client, offset):
    at = timezone.now() + timedelta(seconds=offset)
    assert send(client, event_body(), at=at).status_code == 200


@pytest.mark.parametrize("offset", [-302, 302, -86400, 86400])
def test_large_clock_differences_are_refused(client, offset):
    at = timezone.now() + timedelta(seconds=offset)
    assert send(client, event_body(), at=at).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_wrong_secret_is_refused(client):
    assert send(client, event_body(), secret="whsec_other").status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("header", ["", "nonsense", "t=,v1=", "t=1", "v1=aa", "t=x,v1=" + "0" * 64])
def test_a_malformed_signature_is_refused(client, header):
    response = client.post(
        URL,
        data=event_body(),
        content_type="application/json",
        headers={"Sandbox-Signature": header},
    )
    assert response.status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_missing_signature_is_refused(client):
    response = client.post(URL, data=event_body(), content_type="application/json")
    assert response.status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_modified_body_is_refused(client):
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


def test_a_body_over_one_megabyte_is_refused(client):
    assert send(client, event_body(padding="x" * 1_000_000)).status_code == 413
    assert not WebhookEvent.objects.exists()


def test_a_large_body_within_the_limit_is_stored(client):
    assert send(client, event_body(padding="x" * 900_000)).status_code == 200
    assert WebhookEvent.objects.count() == 1


def test_an_unknown_provider_returns_404(client):
    response = client.post("/payments/webhooks/nobody/", data=b"{}", content_type="text/plain")
    assert response.status_code == 404


def test_get_is_not_allowed(client):
    assert client.get(URL).status_code == 405


def test_an_event_of_the_other_mode_is_stored_and_ignored(client):
    assert send(client, event_body(livemode=True)).status_code == 200
    assert WebhookEvent.objects.get().state == WebhookState.IGNORED


def test_an_event_about_an_unknown_object_stays_pending(client):
    send(client, event_body())
    assert WebhookEvent.objects.get().state == WebhookState.PENDING


def test_the_trailing_slash_is_optional(client):
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


def test_no_csrf_token_is_required():
    from django.test import Client

    assert send(Client(enforce_csrf_checks=True), event_body()).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_event_is_committed_with_atomic_requests(client, monkeypatch):
    """The event is committed before the response is sent."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert send(client, event_body()).status_code == 200
    connection.close()
    assert WebhookEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_storing_an_event_is_one_statement(client, django_assert_num_queries):
    """A single INSERT commits by itself. A duplicate violates the unique key and is looked up."""
    body = event_body()
    with django_assert_num_queries(1):
        assert send(client, body).status_code == 200
    with django_assert_num_queries(2):
        assert send(client, body).status_code == 200
    assert WebhookEvent.objects.count() == 1


def test_a_duplicate_does_not_break_the_current_transaction(client, django_assert_num_queries):
    body = event_body()
    # Each INSERT has its own savepoint.
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
def test_a_read_only_database_returns_503(client):
    """The provider tries again after any status but 2xx."""
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
