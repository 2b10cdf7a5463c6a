"""Plain HTTP: API and webhook requests are refused, pages are left to Django's redirect."""

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
VALUE = "0b0e7c58-4d53-4b8f-8c37-1f2a2f0b6a11"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


@pytest.fixture(autouse=True)
def required(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "REQUIRE_HTTPS": True}


def paths(prefix, patterns):
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from paths(route, pattern.url_patterns)
        else:
            yield re.sub("<.+?>", VALUE, route.replace("<slug:provider>", "sandbox"))


ALL = [
    address
    for prefix, module in INCLUDED.items()
    for address in paths(prefix, get_resolver(module).url_patterns)
]
API_AND_WEBHOOKS = [address for address in ALL if re.match("/payments/(api|webhooks)/", address)]
PAGES = [address for address in ALL if address not in API_AND_WEBHOOKS]
SECURITY = "django.middleware.security.SecurityMiddleware"


@pytest.fixture
def redirects(settings):
    """A site that redirects pages, but not the API and webhooks, as documented."""
    settings.MIDDLEWARE = [SECURITY, *settings.MIDDLEWARE]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^payments/(api|webhooks)/"]


def test_all_urls_are_found():
    patterns = [each for module in INCLUDED.values() for each in callbacks(get_resolver(module))]
    assert len(ALL) == len(patterns) > 12
    assert len(API_AND_WEBHOOKS) > 8
    assert len(PAGES) > 6


@pytest.mark.parametrize("method", METHODS)
def test_api_and_webhooks_are_refused(client, method):
    for address in API_AND_WEBHOOKS:
        response = getattr(client, method)(address, headers={"Authorization": "Bearer wpt_x"})
        assert response.status_code == 403, address
        assert "Location" not in response.headers
        if method == "head":
            continue
        if "/api/" in address:
            assert response.headers["Content-Type"] == "application/problem+json"
            assert "no-store" in response.headers["Cache-Control"]
            assert response.json()["code"] == "https_required"
        else:
            assert response.content == b"Use https."


def test_only_pages_are_redirected(client, redirects):
    for address in PAGES:
        response = client.get(f"{address}?a=1", headers={"host": "shop.example.org"})
        assert response.status_code == 301, address
        assert response.headers["Location"] == f"https://shop.example.org{address}?a=1"
    for address in API_AND_WEBHOOKS:
        assert client.get(address).status_code == 403, address


def test_pages_are_shown_without_a_redirect(client):
    make_site()
    payment = start(make_product()).payment
    assert client.get(payment_status_path(payment)).status_code == 200


def test_a_checkout_is_refused(client):
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
    response = client.post(url, json.dumps(order), "application/json", secure=True)
    assert response.status_code == 201
    assert Payment.objects.count() == 1


def test_a_webhook_event_is_refused(client):
    payment = start(make_product()).payment
    pay(payment)
    body = session_of(payment).events.get().body.encode()
    signed = signature_header(body, secrets=["whsec_tests"], at=timezone.now())

    def send(**extra):
        headers = {"Sandbox-Signature": signed}
        url = "/payments/webhooks/sandbox/"
        return client.post(url, body, "application/json", headers=headers, **extra).status_code

    assert send() == 403
    assert not WebhookEvent.objects.exists()
    assert send(secure=True) == 200


def test_a_refresh_is_refused(client):
    make_site()
    payment = start(make_product()).payment
    pay(payment)
    url = f"/payments/api/payments/{payment_token(payment)}/refresh/"
    assert client.post(url).status_code == 403
    assert reload(payment).status == PaymentStatus.PENDING
    assert client.post(url, secure=True).status_code == 200
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_a_trusted_proxy_can_report_https(client, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    url = "/payments/api/openapi.json"
    assert client.get(url, headers={"X-Forwarded-Proto": "https"}).status_code == 200
    assert client.get(url, headers={"X-Forwarded-Proto": "http"}).status_code == 403


def test_an_untrusted_proxy_is_logged(client, caplog):
    response = client.get("/payments/api/openapi.json", headers={"X-Forwarded-Proto": "https"})
    assert response.status_code == 403
    assert "SECURE_PROXY_SSL_HEADER" in caplog.text


@pytest.mark.parametrize(
    ("debug", "given", "required"),
    [(True, None, False), (False, None, True), (True, True, True), (False, False, False)],
)
def test_https_is_required_by_default_outside_debug_mode(settings, debug, given, required):
    settings.DEBUG = debug
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "REQUIRE_HTTPS": given}
    assert https_required() is required
