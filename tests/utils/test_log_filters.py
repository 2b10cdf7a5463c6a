"""Django's logs contain refused requests, but no links to payments."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.support.company import pay
from tests.support.factories import make_product, make_site, start
from wagtail_payments.enums import EventSource
from wagtail_payments.models import Receipt
from wagtail_payments.selectors.payments.payments import payment_status_path
from wagtail_payments.selectors.payments.tokens import payment_token
from wagtail_payments.selectors.receipts.links import receipt_token
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.utils.log_filters import LinkFilter, hide_links

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment():
    make_site()
    return start(make_product()).payment


@pytest.fixture
def csrf_client():
    return Client(enforce_csrf_checks=True)


def api(name, payment):
    return reverse(f"wagtail_payments:api:{name}", args=[payment_token(payment)])


def emailed_path(payment):
    return reverse("wagtail_payments:emailed_receipt", args=[receipt_token(payment)])


def assert_logged(caplog, payment, logger, text):
    """Expect one line of ``logger`` with this text, and no id or signature of the payment."""
    (line,) = [r.getMessage() for r in caplog.records if r.name == logger]
    assert text in line
    assert "/..." in line
    assert payment.public_id.hex not in caplog.text.lower()
    assert payment_token(payment).partition(":")[2] not in caplog.text


def test_a_csrf_failure(csrf_client, caplog, payment):
    assert csrf_client.post(f"{payment_status_path(payment)}receipt-link/").status_code == 403
    assert_logged(caplog, payment, "django.security.csrf", "Forbidden (CSRF cookie not set.)")


def test_a_method_that_is_not_allowed(client, caplog, payment):
    assert client.delete(payment_status_path(payment)).status_code == 405
    text = "Method Not Allowed (DELETE): /payments/status/.../"
    assert_logged(caplog, payment, "django.request", text)


def test_an_emailed_link(client, caplog, payment):
    assert client.post(emailed_path(payment)).status_code == 405
    text = "Method Not Allowed (POST): /payments/receipts/.../"
    assert_logged(caplog, payment, "django.request", text)


def test_a_missing_receipt(client, caplog, payment):
    assert client.get(f"{payment_status_path(payment)}receipt/").status_code == 404
    assert_logged(caplog, payment, "django.request", "Not Found: /payments/status/.../receipt/")


def test_an_encoded_link(client, caplog, payment):
    path = payment_status_path(payment).replace(":", "%3A")
    assert client.get(f"{path}receipt/").status_code == 404
    assert_logged(caplog, payment, "django.request", "Not Found: /payments/status/.../receipt/")


def test_an_expired_receipt_link(client, caplog, payment):
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    Receipt.objects.update(issued_at=timezone.now() - timedelta(days=31))
    assert client.get(api("payment_receipt", payment)).status_code == 403
    text = "Forbidden: /payments/api/payments/.../receipt/"
    assert_logged(caplog, payment, "django.request", text)


@pytest.mark.parametrize("colon", [":", "%3A", "%3a", "%253A"])
def test_the_development_server(caplog, payment, colon):
    logger = logging.getLogger("django.server")
    logger.addHandler(caplog.handler)
    try:
        for path in (payment_status_path(payment), emailed_path(payment)):
            caplog.clear()
            line = f"GET {path.replace(':', colon)}?a=1 HTTP/1.1"
            logger.warning('"%s" %s %s', line, "404", 9)
            assert_logged(caplog, payment, "django.server", '.../?a=1 HTTP/1.1" 404 9')
    finally:
        logger.removeHandler(caplog.handler)


@pytest.mark.parametrize(
    ("msg", "args", "expected"),
    [
        ("plain", (), "plain"),
        ("100 %", None, "100 %"),
        ("%s %d", ("/somewhere/", 3), "/somewhere/ 3"),
        ("%(path)s %(n)d", ({"path": "/status/{token}/", "n": 3},), "/status/.../ 3"),
        ("/status/{token}/", (), "/status/.../"),
        ("%s", (ValueError("x"),), "x"),
        (ValueError("x"), (), "x"),
    ],
)
def test_every_record_is_logged(payment, msg, args, expected):
    def fill_in(value):
        if isinstance(value, dict):
            return {name: fill_in(each) for name, each in value.items()}
        return value.replace("{token}", payment_token(payment)) if isinstance(value, str) else value

    filled_args = args and tuple(fill_in(value) for value in args)
    record = logging.LogRecord("x", logging.INFO, "x", 1, fill_in(msg), filled_args, None)
    assert LinkFilter().filter(record) is True
    assert record.getMessage() == expected


def test_the_filter_is_added_once():
    hide_links()
    for name in ("django.request", "django.security.csrf", "django.server"):
        filters = logging.getLogger(name).filters
        assert [type(each) for each in filters].count(LinkFilter) == 1
