"""Plain HTTP: programs are refused with nothing changed, pages are left to Django's redirect."""

import json
import re
from uuid import uuid4

import pytest
from django.urls import get_resolver
from django.utils import timezone

from tests.support.company import pay, session_of
from tests.support.factories import make_product, make_site, reload, start
from tests.test_public_urls import callbacks
from wagtail_payments.conf import https_required
from wagtail_payments.enums import PaymentStatus
from wagtail_payments.models import Payment, WebhookEvent
from wagtail_payments.sandbox.signing import signature_header
from wagtail_payments.selectors.payments.payments import payment_status_path
from wagtail_payments.selectors.payments.tokens import payment_token, placement_token

pytestmark = pytest.mark.django_db

INCLUDED = {"/payments/": "wagtail_payments.urls"}
INCLUDED["/payments-sandbox/"] = "wagtail_payments.sandbox.urls"
SOMETHING = "0b0e7c58-4d53-4b8f-8c37-1f2a2f0b6a11"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


@pytest.fixture(autouse=True)
def required(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "REQUIRE_HTTPS": True}


def addresses(prefix, patterns):
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from addresses(route, pattern.url_patterns)
        else:
            yield re.sub("<.+?>", SOMETHING, route.replace("<slug:provider>", "sandbox"))


ALL = [
    address
    for prefix, module in INCLUDED.items()
    for address in addresses(prefix, get_resolver(module).url_patterns)
]
PROGRAMS = [address for address in ALL if re.match("/payments/(api|webhooks)/", address)]
PAGES = [address for address in ALL if address not in PROGRAMS]
SECURITY = "django.middleware.security.SecurityMiddleware"


@pytest.fixture
def redirects(settings):
    """A site whose pages redirect; what programs call is exempt, as the guide says."""
    settings.MIDDLEWARE = [SECURITY, *settings.MIDDLEWARE]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^payments/(api|webhooks)/"]


def test_the_walk_finds_every_address():
    known = [each for module in INCLUDED.values() for each in callbacks(get_resolver(module))]
    assert len(ALL) == len(known) > 12
    assert len(PROGRAMS) > 8
    assert len(PAGES) > 6


@pytest.mark.parametrize("method", METHODS)
def test_programs_are_refused(client, method):
    for address in PROGRAMS:
        answer = getattr(client, method)(address, headers={"Authorization": "Bearer wpt_x"})
        assert answer.status_code == 403, address
        assert "Location" not in answer.headers
        if method == "head":
            continue
        if "/api/" in address:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert "no-store" in answer.headers["Cache-Control"]
            assert answer.json()["code"] == "https_required"
        else:
            assert answer.content == b"Use https."


def test_pages_are_redirected_by_django_and_programs_are_not(client, redirects):
    for address in PAGES:
        answer = client.get(f"{address}?a=1", headers={"host": "shop.example.org"})
        assert answer.status_code == 301, address
        assert answer.headers["Location"] == f"https://shop.example.org{address}?a=1"
    for address in PROGRAMS:
        assert client.get(address).status_code == 403, address


def test_a_site_that_does_not_redirect_shows_its_pages(client):
    make_site()
    payment = start(make_product()).payment
    assert client.get(payment_status_path(payment)).status_code == 200


def test_an_order_is_not_taken(client):
    product = make_product()
    order = {
        "placement": placement_token(page_id=None, revision_id=None, product_id=product.pk),
        "price_key": str(product.prices.get().key),
        "email": "zoe@example.org",
        "attempt_key": str(uuid4()),
        "ui": "hosted",
    }
    url = "/payments/api/checkouts/"
    assert client.post(url, json.dumps(order), "application/json").status_code == 403
    assert not Payment.objects.exists()
    answer = client.post(url, json.dumps(order), "application/json", secure=True)
    assert answer.status_code == 201
    assert Payment.objects.count() == 1


def test_an_event_is_not_taken(client):
    payment = start(make_product()).payment
    pay(payment)
    body = session_of(payment).events.get().body.encode()
    signed = signature_header(body, secrets=["whsec_tests"], at=timezone.now())

    def send(**how):
        headers = {"Sandbox-Signature": signed}
        url = "/payments/webhooks/sandbox/"
        return client.post(url, body, "application/json", headers=headers, **how).status_code

    assert send() == 403
    assert not WebhookEvent.objects.exists()
    assert send(secure=True) == 200


def test_the_provider_is_not_asked_about_a_payment(client):
    make_site()
    payment = start(make_product()).payment
    pay(payment)
    url = f"/payments/api/payments/{payment_token(payment)}/refresh/"
    assert client.post(url).status_code == 403
    assert reload(payment).status == PaymentStatus.PENDING
    assert client.post(url, secure=True).status_code == 200
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_a_proxy_that_is_believed(client, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    url = "/payments/api/openapi.json"
    assert client.get(url, headers={"X-Forwarded-Proto": "https"}).status_code == 200
    assert client.get(url, headers={"X-Forwarded-Proto": "http"}).status_code == 403


def test_a_proxy_that_is_not_trusted_is_logged(client, caplog):
    answer = client.get("/payments/api/openapi.json", headers={"X-Forwarded-Proto": "https"})
    assert answer.status_code == 403
    assert "SECURE_PROXY_SSL_HEADER" in caplog.text


@pytest.mark.parametrize(
    ("debug", "given", "required"),
    [(True, None, False), (False, None, True), (True, True, True), (False, False, False)],
)
def test_outside_debug_unless_said_otherwise(settings, debug, given, required):
    settings.DEBUG = debug
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "REQUIRE_HTTPS": given}
    assert https_required() is required
