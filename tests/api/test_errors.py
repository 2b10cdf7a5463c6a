"""Every error of the API is a problem document with a stable code."""

import json
import logging
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tests.api.test_app import order, token_of
from tests.support.api import API, refused
from tests.support.factories import make_product, start
from wagtail_payments.api.problems import STATUS_OF_CODE
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.tokens import payment_token

pytestmark = pytest.mark.django_db

UNKNOWN = ("", "x", "config", "config/x/", "staff/", "staff/payments/1/", "payments/", "ä/")
METHODS = ("get", "head", "post", "put", "patch", "delete")


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("method", METHODS)
def test_unknown_urls_return_404(path, method):
    response = getattr(Client(enforce_csrf_checks=True), method)(f"{API}{path}")
    assert response.status_code == 404
    if method != "head":
        refused(response, 404, "not_found")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("config/", "GET, HEAD"),
        ("checkouts/", "POST"),
        ("payments/x/", "GET, HEAD"),
        ("payments/x/refresh/", "POST"),
        ("payments/x/receipt/", "GET, HEAD"),
        ("history/", "GET, HEAD"),
        ("products/", "GET, HEAD"),
        ("staff/payments/", "GET, HEAD"),
        ("staff/products/", "GET, HEAD"),
        ("openapi.json", "GET, HEAD"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_methods_that_are_not_allowed_return_405(path, allowed, method):
    if method.upper() in allowed:
        return
    response = getattr(Client(enforce_csrf_checks=True), method)(f"{API}{path}")
    assert response.headers["Allow"] == allowed
    assert response.status_code == 405
    if method != "head":
        refused(response, 405, "method_not_allowed")


def test_head_requests_return_no_body(client):
    payment = start(make_product()).payment
    for url in ("products/", "openapi.json", f"payments/{payment_token(payment)}/"):
        response, head = client.get(API + url), client.head(API + url)
        assert (head.status_code, head["Content-Type"]) == (200, response["Content-Type"])
        assert head.content == b""


def post(client, body, content_type="application/json"):
    return client.post(f"{API}checkouts/", body, content_type)


def test_a_body_that_is_too_large_is_refused(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    product = make_product()
    refused(post(client, json.dumps(order(product, name="x" * 1000))), 413, "too_large")
    assert not Payment.objects.exists()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x"])
def test_other_content_types_are_refused(client, kind):
    refused(post(client, json.dumps(order(make_product())), kind), 415, "unsupported_media_type")
    assert not Payment.objects.exists()


def test_multipart_forms_are_refused(client):
    refused(client.post(f"{API}checkouts/", {"email": "x"}), 415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b'{"a": NaN', b"[" * 100_000])
def test_invalid_json_is_refused(client, body):
    refused(post(client, body), 400, "unreadable")


@pytest.mark.parametrize("field", ["name", "email", "placement", "price_key", "amount", "ui"])
@pytest.mark.parametrize("text", ["\x00", "\ud800", "\x1b[0m"])
def test_characters_that_databases_refuse(client, field, text):
    product = make_product()
    response = post(client, json.dumps({**order(product), field: text}))
    assert response.status_code in (400, 422)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("number", [10**18, 10**40, -(10**40), 1e308])
@pytest.mark.parametrize("field", ["quantity", "shown_amount"])
def test_numbers_out_of_range_are_refused(client, field, number):
    response = post(client, json.dumps({**order(make_product()), field: number}))
    assert response.status_code in (409, 422)
    assert not Payment.objects.exists()


@pytest.fixture
def broken(settings):
    conf = settings.WAGTAIL_PAYMENTS
    provider = {**conf["PROVIDERS"]["sandbox"], "CLASS": "tests.api.broken.BrokenProvider"}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {"sandbox": provider}}
    return {"placement": token_of(make_product())}


def test_an_exception_is_logged_and_not_shown(broken, caplog):
    client = Client(raise_request_exception=False)
    problem = refused(client.get(f"{API}config/", broken), 500, "unexpected")
    assert "a fault" not in str(problem)
    (record,) = [r for r in caplog.records if r.name == "wagtail_payments.api.decorators"]
    assert record.levelno == logging.ERROR
    assert record.exc_info[1].args == ("a fault",)


def test_an_exception_sends_djangos_signal(broken):
    with pytest.raises(RuntimeError, match="a fault"):
        Client().get(f"{API}config/", broken)


def test_an_exception_is_shown_in_debug_mode(broken, settings):
    settings.DEBUG = True
    response = Client(raise_request_exception=False).get(f"{API}config/", broken)
    assert response.status_code == 500
    assert "RuntimeError" in response.content.decode()


def test_a_database_error_is_reported(client):
    client.raise_request_exception = False
    payment = start(make_product()).payment
    with connection.execute_wrapper(_raise_operational_error):
        response = client.get(f"{API}payments/{payment_token(payment)}/")
    refused(response, 500, "unexpected")


def _raise_operational_error(execute, sql, params, many, context):
    from django.db import OperationalError

    raise OperationalError("the database is gone")


def test_the_reference_lists_every_code():
    text = (Path(__file__).parents[2] / "docs/reference/api.md").read_text()
    for code, status in STATUS_OF_CODE.items():
        rows = [line for line in text.splitlines() if f"`{code}`" in line]
        assert any(line.startswith(f"| {int(status)} |") for line in rows), code
