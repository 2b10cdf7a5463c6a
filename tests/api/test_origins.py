"""Front ends on other origins: which are let in, to which addresses, and as nobody."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from tests.support.factories import make_product, make_site, make_user
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.tokens import placement_token

pytestmark = pytest.mark.django_db

ORIGIN = "https://shop.example.org"
ELSEWHERE = "https://evil.example.net"
CHECKOUTS = "/payments/api/checkouts/"
OTHER_ADDRESSES = (
    "/",
    "/admin/",
    "/accounts/login/",
    "/payments/history/",
    "/payments/checkout/",
    "/payments/health/",
    "/payments/webhooks/sandbox/",
)


@pytest.fixture(autouse=True)
def listed(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ALLOWED_ORIGINS": [ORIGIN]}


@pytest.fixture
def strict():
    """A browser: the server's CSRF checks are on."""
    return Client(enforce_csrf_checks=True)


def preflight(client, url, origin=ORIGIN):
    wanted = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    return client.options(url, headers=wanted)


def allowances(answer):
    return {name for name in answer.headers if name.lower().startswith("access-control-")}


def order(product):
    return {
        "placement": placement_token(page_id=None, revision_id=None, product_id=product.pk),
        "price_key": str(product.prices.get().key),
        "email": "zoe@example.org",
        "attempt_key": str(uuid4()),
        "ui": "hosted",
    }


def start(client, origin=ORIGIN, **headers):
    make_site()
    body = json.dumps(order(make_product()))
    headers = {"Origin": origin, **headers} if origin else headers
    return client.post(CHECKOUTS, body, "application/json", headers=headers)


def test_a_preflight_from_a_listed_origin(client):
    answer = preflight(client, CHECKOUTS)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "content-type" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "origin" in answer.headers["Vary"].lower()


@pytest.mark.parametrize(
    "origin",
    [
        ELSEWHERE,
        "null",
        "http://shop.example.org",
        "https://shop.example.org:8443",
        "https://shop.example.org.evil.example.net",
        "https://SHOP.example.org",
        "",
    ],
)
def test_a_preflight_from_any_other(client, origin):
    assert allowances(preflight(client, CHECKOUTS, origin)) == set()
    answer = client.get("/payments/api/openapi.json", headers={"Origin": origin})
    assert allowances(answer) == set()


@pytest.mark.parametrize("url", OTHER_ADDRESSES)
def test_only_the_gateways_addresses(client, url):
    assert allowances(preflight(client, url)) == set()
    assert allowances(client.get(url, headers={"Origin": ORIGIN})) == set()


def test_nobody_when_none_is_listed(client, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ALLOWED_ORIGINS": []}
    assert allowances(preflight(client, CHECKOUTS)) == set()


def test_the_answers_themselves_may_be_read(client):
    product = make_product()
    placement = order(product)["placement"]
    url = "/payments/api/config/"
    answer = client.get(url, {"placement": placement}, headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in answer.headers
    problem = client.get(url, {"placement": "x"}, headers={"Origin": ORIGIN})
    assert problem.status_code == 400
    assert problem.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_checkout_without_cookies_needs_no_token(strict):
    answer = start(strict)
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    payment = Payment.objects.get()
    assert payment.payer is None
    # And with neither cookies nor token, the payment can be followed.
    strict.cookies.clear()
    url = f"{answer.json()['payment']['api_url']}refresh/"
    assert strict.post(url, headers={"Origin": ORIGIN}).status_code == 200


@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "http://shop.example.org", None])
def test_a_checkout_from_anywhere_else_needs_one(strict, origin):
    answer = start(strict, origin)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert not Payment.objects.exists()


def test_with_a_session_the_token_is_needed(strict):
    strict.force_login(make_user())
    answer = start(strict)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert not Payment.objects.exists()


def test_any_session_cookie_will_do(strict, settings):
    """Even of a session that is over: whether it is, isn't for the other origin to learn."""
    strict.cookies[settings.SESSION_COOKIE_NAME] = "over"
    assert start(strict).status_code == 403
    assert not Payment.objects.exists()


def test_who_is_known_without_a_session_needs_one_too(strict, settings):
    """A proxy or a certificate may say who somebody is, which a browser sends by itself."""
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.RemoteUserMiddleware",
    ]
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.RemoteUserBackend"]
    make_site()
    body = json.dumps(order(make_product()))
    answer = strict.post(
        CHECKOUTS, body, "application/json", headers={"Origin": ORIGIN}, REMOTE_USER="zoe"
    )
    assert answer.status_code == 403
    assert not Payment.objects.exists()


def test_the_pages_of_the_site_are_asked_as_ever(strict):
    """Only the gateway trusts a listed origin."""
    make_site()
    data = order(make_product())
    answer = strict.post("/payments/checkout/", data, headers={"Origin": ORIGIN})
    assert answer.status_code == 403
    assert not Payment.objects.exists()
