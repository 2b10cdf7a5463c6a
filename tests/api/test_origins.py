"""Front ends on other origins: which are allowed, for which URLs, and without cookies."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from tests.support.factories import make_product, make_site, make_user
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.tokens import placement_token

pytestmark = pytest.mark.django_db

ORIGIN = "https://shop.example.org"
OTHER_ORIGIN = "https://evil.example.net"
CHECKOUTS = "/payments/api/checkouts/"
OTHER_URLS = (
    "/",
    "/admin/",
    "/accounts/login/",
    "/payments/history/",
    "/payments/checkout/",
    "/payments/health/",
    "/payments/webhooks/sandbox/",
)


@pytest.fixture(autouse=True)
def allowed_origins(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ALLOWED_ORIGINS": [ORIGIN]}


@pytest.fixture
def csrf_client():
    """A client with CSRF checks."""
    return Client(enforce_csrf_checks=True)


def preflight(client, url, origin=ORIGIN):
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    return client.options(url, headers=headers)


def cors_headers(response):
    return {name for name in response.headers if name.lower().startswith("access-control-")}


def order(product):
    return {
        "placement": placement_token(page_id=None, revision_id=None, product_id=product.pk),
        "price_key": str(product.prices.get().key),
        "email": "zoe@example.org",
        "attempt_key": str(uuid4()),
        "ui": "hosted",
    }


def start_checkout(client, origin=ORIGIN, **headers):
    make_site()
    body = json.dumps(order(make_product()))
    headers = {"Origin": origin, **headers} if origin else headers
    return client.post(CHECKOUTS, body, "application/json", headers=headers)


def test_a_preflight_from_an_allowed_origin(client):
    response = preflight(client, CHECKOUTS)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "content-type" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "origin" in response.headers["Vary"].lower()


@pytest.mark.parametrize(
    "origin",
    [
        OTHER_ORIGIN,
        "null",
        "http://shop.example.org",
        "https://shop.example.org:8443",
        "https://shop.example.org.evil.example.net",
        "https://SHOP.example.org",
        "",
    ],
)
def test_a_preflight_from_another_origin(client, origin):
    assert cors_headers(preflight(client, CHECKOUTS, origin)) == set()
    response = client.get("/payments/api/openapi.json", headers={"Origin": origin})
    assert cors_headers(response) == set()


@pytest.mark.parametrize("url", OTHER_URLS)
def test_other_urls_have_no_cors_headers(client, url):
    assert cors_headers(preflight(client, url)) == set()
    assert cors_headers(client.get(url, headers={"Origin": ORIGIN})) == set()


def test_an_empty_setting_allows_no_origin(client, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ALLOWED_ORIGINS": []}
    assert cors_headers(preflight(client, CHECKOUTS)) == set()


def test_responses_have_cors_headers(client):
    product = make_product()
    placement = order(product)["placement"]
    url = "/payments/api/config/"
    response = client.get(url, {"placement": placement}, headers={"Origin": ORIGIN})
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in response.headers
    problem = client.get(url, {"placement": "x"}, headers={"Origin": ORIGIN})
    assert problem.status_code == 400
    assert problem.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_checkout_without_cookies_needs_no_csrf_token(csrf_client):
    response = start_checkout(csrf_client)
    assert response.status_code == 201
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    payment = Payment.objects.get()
    assert payment.payer is None
    # The payment can be refreshed without cookies and token, too.
    csrf_client.cookies.clear()
    url = f"{response.json()['payment']['api_url']}refresh/"
    assert csrf_client.post(url, headers={"Origin": ORIGIN}).status_code == 200


@pytest.mark.parametrize("origin", [OTHER_ORIGIN, "null", "http://shop.example.org", None])
def test_a_checkout_from_another_origin_needs_a_csrf_token(csrf_client, origin):
    response = start_checkout(csrf_client, origin)
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert not Payment.objects.exists()


def test_a_checkout_with_a_session_needs_a_csrf_token(csrf_client):
    csrf_client.force_login(make_user())
    response = start_checkout(csrf_client)
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert not Payment.objects.exists()


def test_a_checkout_with_an_invalid_session_needs_a_csrf_token(csrf_client, settings):
    """Otherwise, the other origin could find out whether the session is valid."""
    csrf_client.cookies[settings.SESSION_COOKIE_NAME] = "over"
    assert start_checkout(csrf_client).status_code == 403
    assert not Payment.objects.exists()


def test_a_remote_user_needs_a_csrf_token(csrf_client, settings):
    """A proxy or a client certificate can identify users without a cookie."""
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.RemoteUserMiddleware",
    ]
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.RemoteUserBackend"]
    make_site()
    body = json.dumps(order(make_product()))
    response = csrf_client.post(
        CHECKOUTS, body, "application/json", headers={"Origin": ORIGIN}, REMOTE_USER="zoe"
    )
    assert response.status_code == 403
    assert not Payment.objects.exists()


def test_other_pages_still_need_a_csrf_token(csrf_client):
    """Only the API trusts an allowed origin."""
    make_site()
    data = order(make_product())
    response = csrf_client.post("/payments/checkout/", data, headers={"Origin": ORIGIN})
    assert response.status_code == 403
    assert not Payment.objects.exists()
