"""Plain HTTP: every address of ours redirects it, or refuses it with nothing changed."""

import json
import logging
import re
from uuid import uuid4

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.support.company import pay, session_of
from tests.support.factories import make_product, make_site, reload, start
from tests.test_public_urls import callbacks
from wagtail_payments.conf import https_required
from wagtail_payments.enums import PaymentStatus
from wagtail_payments.models import Payment, WebhookEvent
from wagtail_payments.sandbox.models import Attempt
from wagtail_payments.sandbox.signing import signature_header
from wagtail_payments.selectors.payments.payments import payment_status_path
from wagtail_payments.selectors.payments.tokens import payment_token, placement_token

pytestmark = pytest.mark.django_db

INCLUDED = {"/payments/": "wagtail_payments.urls"}
INCLUDED["/payments-sandbox/"] = "wagtail_payments.sandbox.urls"
SOMETHING = "0b0e7c58-4d53-4b8f-8c37-1f2a2f0b6a11"
UNSAFE = ("post", "put", "patch", "delete", "options")


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
READ = [address for address in ALL if not address.endswith("challenge/")]


def test_the_walk_finds_every_address():
    known = [each for module in INCLUDED.values() for each in callbacks(get_resolver(module))]
    assert len(ALL) == len(known) > 12


@pytest.mark.parametrize("address", READ)
def test_reading_is_sent_to_https_on_the_same_host(client, address):
    for ask in (client.get, client.head):
        answer = ask(f"{address}?a=1&b=%C3%A9", headers={"host": "shop.example.org"})
        assert answer.status_code == 302
        location = f"https://shop.example.org{address}?a=1&b=%C3%A9"
        assert answer.headers["Location"] == location
        assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["staff/payments/", "products/"])
def test_a_token_in_clear_is_refused_so_that_it_is_not_sent_again(client, name):
    for ask in (client.get, client.head):
        answer = ask(f"/payments/api/{name}", headers={"Authorization": "Bearer wpt_x"})
        assert answer.status_code == 403
        assert "Location" not in answer.headers
    assert client.get(f"/payments/api/{name}").status_code == 302


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("address", ALL)
def test_anything_else_is_refused(client, address, method):
    answer = getattr(client, method)(address)
    if method != "post" and answer.status_code == 405:
        assert "sandbox/" in address
        return
    assert answer.status_code == 403
    if "/api/" in address:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "https_required"
    else:
        assert answer.content == b"Use https."


def test_an_order_is_not_taken(client):
    product = make_product()
    order = {
        "placement": placement_token(page_id=None, revision_id=None, product_id=product.pk),
        "price_key": str(product.prices.get().key),
        "email": "zoe@example.org",
        "attempt_key": str(uuid4()),
        "ui": "hosted",
    }
    assert client.post("/payments/checkout/", order).status_code == 403
    url = "/payments/api/checkouts/"
    assert client.post(url, json.dumps(order), "application/json").status_code == 403
    assert not Payment.objects.exists()
    answer = client.post("/payments/checkout/", order, secure=True)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("https://testserver/")
    assert Payment.objects.count() == 1


def test_a_card_is_not_taken(client):
    payment = start(make_product(), ui="hosted").payment
    url = reverse("wagtail_payments_sandbox:hosted", args=[session_of(payment).secret])
    card = {"method": "card", "number": "4242424242424242", "expiry": "12/34", "cvc": "123"}
    assert client.post(url, card).status_code == 403
    assert not Attempt.objects.exists()
    assert client.post(url, card, secure=True).status_code == 302


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


def test_nobody_is_asked_about_a_payment(client):
    make_site()
    payment = start(make_product()).payment
    pay(payment)
    path = payment_status_path(payment)
    assert client.get(path).status_code == 302
    assert (
        client.post(f"/payments/api/payments/{payment_token(payment)}/refresh/").status_code == 403
    )
    assert reload(payment).status == PaymentStatus.PENDING
    assert client.get(path, secure=True).status_code == 200


def test_only_hosts_that_are_ours(client, settings):
    settings.ALLOWED_HOSTS = ["shop.example.org"]
    elsewhere = {"host": "evil.example.net"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger("django.security.DisallowedHost"), "disabled", True)
        assert client.get("/payments/history/", headers=elsewhere).status_code == 400


def test_it_is_not_remembered(client):
    answer = client.get("/payments/history/")
    assert answer.status_code == 302
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_proxy_that_is_believed(client, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    url = "/payments/api/openapi.json"
    assert client.get(url, headers={"X-Forwarded-Proto": "https"}).status_code == 200
    assert client.get(url, headers={"X-Forwarded-Proto": "http"}).status_code == 302


def test_a_proxy_that_is_not_believed_is_told_of_and_makes_no_loop(client, caplog):
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
