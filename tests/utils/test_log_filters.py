"""Django's own logs tell of what was refused, and never the link that it was asked by."""

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
def strict():
    return Client(enforce_csrf_checks=True)


def api(name, payment):
    return reverse(f"wagtail_payments:api:{name}", args=[payment_token(payment)])


def emailed(payment):
    return reverse("wagtail_payments:emailed_receipt", args=[receipt_token(payment)])


def told_of(caplog, payment, logger, words):
    """Expect one line of ``logger`` with these words, and the payment's id nowhere."""
    (line,) = [r.getMessage() for r in caplog.records if r.name == logger]
    assert words in line
    assert "/..." in line
    assert payment.public_id.hex not in caplog.text.lower()
    assert payment_token(payment).partition(":")[2] not in caplog.text


def test_a_form_from_another_site(strict, caplog, payment):
    assert strict.post(f"{payment_status_path(payment)}receipt-link/").status_code == 403
    told_of(caplog, payment, "django.security.csrf", "Forbidden (CSRF cookie not set.)")


def test_a_method_that_the_page_does_not_know(client, caplog, payment):
    assert client.delete(payment_status_path(payment)).status_code == 405
    words = "Method Not Allowed (DELETE): /payments/status/.../"
    told_of(caplog, payment, "django.request", words)


def test_a_mailed_link(client, caplog, payment):
    assert client.post(emailed(payment)).status_code == 405
    words = "Method Not Allowed (POST): /payments/receipts/.../"
    told_of(caplog, payment, "django.request", words)


def test_a_receipt_that_there_is_not(client, caplog, payment):
    assert client.get(f"{payment_status_path(payment)}receipt/").status_code == 404
    told_of(caplog, payment, "django.request", "Not Found: /payments/status/.../receipt/")


def test_a_link_written_otherwise(client, caplog, payment):
    path = payment_status_path(payment).replace(":", "%3A")
    assert client.get(f"{path}receipt/").status_code == 404
    told_of(caplog, payment, "django.request", "Not Found: /payments/status/.../receipt/")


def test_a_receipt_after_thirty_days(client, caplog, payment):
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    Receipt.objects.update(issued_at=timezone.now() - timedelta(days=31))
    assert client.get(api("payment_receipt", payment)).status_code == 403
    words = "Forbidden: /payments/api/payments/.../receipt/"
    told_of(caplog, payment, "django.request", words)


@pytest.mark.parametrize("colon", [":", "%3A", "%3a", "%253A"])
def test_the_development_server(caplog, payment, colon):
    logger = logging.getLogger("django.server")
    logger.addHandler(caplog.handler)
    try:
        for path in (payment_status_path(payment), emailed(payment)):
            caplog.clear()
            line = f"GET {path.replace(':', colon)}?a=1 HTTP/1.1"
            logger.warning('"%s" %s %s', line, "404", 9)
            told_of(caplog, payment, "django.server", '.../?a=1 HTTP/1.1" 404 9')
    finally:
        logger.removeHandler(caplog.handler)


@pytest.mark.parametrize(
    ("msg", "args", "written"),
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
def test_every_record_passes(payment, msg, args, written):
    def filled(value):
        if isinstance(value, dict):
            return {name: filled(each) for name, each in value.items()}
        return value.replace("{token}", payment_token(payment)) if isinstance(value, str) else value

    given = args and tuple(filled(value) for value in args)
    record = logging.LogRecord("x", logging.INFO, "x", 1, filled(msg), given, None)
    assert LinkFilter().filter(record) is True
    assert record.getMessage() == written


def test_it_is_put_there_once():
    hide_links()
    for name in ("django.request", "django.security.csrf", "django.server"):
        filters = logging.getLogger(name).filters
        assert [type(each) for each in filters].count(LinkFilter) == 1
