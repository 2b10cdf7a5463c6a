"""One log line per request, without personal data and secrets."""

import logging

import pytest

from tests.api.test_app import checkout, config
from tests.support.api import API
from tests.support.factories import make_product, make_user, start
from tests.support.tokens import bearer, make_staff, make_token
from wagtail_payments.selectors.payments.tokens import payment_token

pytestmark = pytest.mark.django_db

FIELDS = ("operation", "actor", "method", "status", "code")


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "wagtail_payments.access")

    def read():
        records = [r for r in caplog.records if r.name == "wagtail_payments.access"]
        assert all(record.levelno == logging.INFO for record in records)
        assert all(record.latency_ms >= 0 for record in records)
        texts = [record.getMessage() for record in records]
        found = [tuple(getattr(record, name) for name in FIELDS) for record in records]
        caplog.clear()
        return found, texts

    return read


def test_each_request_is_logged(client, lines):
    created = make_token(make_staff("kim", "add_apitoken"), "payments:read")
    payment = start(make_product()).payment
    token, prefix = payment_token(payment), created.token.prefix
    user = make_user("nia")
    client.get(f"{API}products/")
    client.get(f"{API}payments/{token}/")
    client.head(f"{API}payments/{token}/")
    client.get(f"{API}payments/x/")
    client.get(f"{API}nowhere/")
    client.get(f"{API}staff/payments/", headers=bearer(created))
    client.get(f"{API}staff/products/", headers=bearer(created))
    client.get(f"{API}staff/payments/", headers={"Authorization": "Bearer wpt_wrong"})
    client.force_login(user)
    client.get(f"{API}history/")
    client.delete(f"{API}history/")
    found, texts = lines()
    assert found == [
        ("products", "anonymous", "GET", 200, ""),
        ("payment", "link", "GET", 200, ""),
        ("payment", "link", "HEAD", 200, ""),
        ("payment", "link", "GET", 404, "not_found"),
        ("unknown", "anonymous", "GET", 404, "not_found"),
        ("staff_payments", f"token:{prefix}", "GET", 200, ""),
        ("staff_products", f"token:{prefix}", "GET", 403, "scope_missing"),
        ("staff_payments", "anonymous", "GET", 401, "token_invalid"),
        ("payment_history", f"user:{user.pk}", "GET", 200, ""),
        ("payment_history", f"user:{user.pk}", "DELETE", 405, "method_not_allowed"),
    ]
    assert texts[6].startswith(f"GET staff_products 403 scope_missing token:{prefix} ")


def test_no_personal_data_and_no_secrets_are_logged(client, caplog, lines):
    client.defaults["REMOTE_ADDR"] = "203.0.113.77"
    created = make_token(make_staff("kim", "add_apitoken"), "payments:read")
    product = make_product()
    config(client, product)
    assert checkout(client, product).status_code == 201
    token = payment_token(start(product).payment)
    client.get(f"{API}payments/{token}/")
    client.get(f"{API}staff/payments/", headers=bearer(created))
    records = [r for r in caplog.records if r.name == "wagtail_payments.access"]
    logged = str([vars(record) for record in records])
    secrets = ("zoe@example.org", "Zoë", token, created.text, "203.0.113.77")
    assert len(records) == 5
    assert not [secret for secret in secrets if secret in logged]
