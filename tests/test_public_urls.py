"""Public URLs work under the strictest settings of host sites."""

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import get_resolver
from wagtail.models import Locale, Page, Site

from tests.support.factories import make_product, start
from wagtail_payments.models import Payment
from wagtail_payments.sandbox.provider import SandboxProvider
from wagtail_payments.selectors.payments.tokens import payment_token, placement_token

PUBLIC = {
    "webhook",
    "checkout",
    "status",
    "receipt",
    "receipt_link",
    "emailed_receipt",
    "payment_receipt_link",
    "config",
    "checkouts",
    "payment",
    "refresh",
    "payment_receipt",
    "payment_history",
    "products",
    "staff_payments",
    "staff_payment",
    "staff_receipt",
    "staff_products",
    "unknown",
    "api-root",
    "openapi-json",
}
SIGNED_IN = {"history"}
STAFF = {"health"}


def callbacks(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from callbacks(pattern)
        else:
            yield pattern


def package_patterns():
    for pattern in get_resolver("wagtail_payments.urls").url_patterns:
        yield from callbacks(pattern) if hasattr(pattern, "url_patterns") else [pattern]


def test_all_urls_are_listed():
    assert {
        pattern.name for pattern in package_patterns() if pattern.name
    } == PUBLIC | SIGNED_IN | STAFF


@pytest.mark.parametrize(
    "pattern",
    [pattern for pattern in package_patterns() if pattern.name not in SIGNED_IN],
    ids=lambda pattern: str(pattern.pattern),
)
def test_views_are_not_atomic(pattern):
    assert "default" in pattern.callback._non_atomic_requests


@pytest.mark.parametrize(
    "pattern", list(package_patterns()), ids=lambda pattern: str(pattern.pattern)
)
def test_only_the_history_requires_a_login(pattern):
    assert getattr(pattern.callback, "login_required", True) is (pattern.name in SIGNED_IN)


@pytest.mark.django_db
def test_public_urls_work_with_login_required_middleware(client, settings):
    """Visitors without an account are not redirected to the login."""
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    product = make_product()
    token = payment_token(start(product).payment)
    placement = placement_token(page_id=None, revision_id=None, product_id=product.pk)
    price = product.prices.get().key
    expected = {
        f"/payments/checkout/?placement={placement}&price_key={price}": 200,
        f"/payments/status/{token}/": 200,
        f"/payments/status/{token}/receipt/": 404,
        f"/payments/api/config/?placement={placement}": 200,
        f"/payments/api/payments/{token}/": 200,
        f"/payments/api/payments/{token}/receipt/": 404,
        "/payments/api/history/": 403,
        "/payments/api/products/": 200,
        "/payments/api/staff/payments/": 401,
        f"/payments/api/staff/payments/{uuid4()}/": 401,
        f"/payments/api/staff/payments/{uuid4()}/receipt/": 401,
        "/payments/api/staff/products/": 401,
        "/payments/api/nowhere/": 404,
        "/payments/api/openapi.json": 200,
        "/payments/webhooks/sandbox/": 405,
        "/payments/history/": 302,
        "/payments/health/": 403,
    }
    assert {url: client.get(url).status_code for url in expected} == expected


@pytest.mark.django_db(transaction=True)
def test_providers_are_called_outside_a_transaction(client, settings, monkeypatch):
    """Rows written before the call are already committed."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    calls = []

    def recorded(name):
        method = getattr(SandboxProvider, name)

        def call(self, *args):
            calls.append((name, connection.in_atomic_block, Payment.objects.count()))
            return method(self, *args)

        return call

    for name in ("checkout_open", "payment_retrieve", "checkout_resume"):
        monkeypatch.setattr(SandboxProvider, name, recorded(name))
    make_locale_and_site()
    product = make_product()
    placement = placement_token(page_id=None, revision_id=None, product_id=product.pk)
    config = client.get("/payments/api/config/", {"placement": placement}).json()
    headers = {"X-CSRFToken": config["csrf_token"]}
    order = {
        "placement": placement,
        "price_key": config["prices"][0]["key"],
        "email": "zoe@example.org",
        "attempt_key": str(uuid4()),
        "ui": "inline",
    }

    def post(url, data):
        return client.post(url, json.dumps(data), "application/json", headers=headers).json()

    payment = post("/payments/api/checkouts/", order)["payment"]
    post("/payments/api/checkouts/", order)
    post(payment["api_url"] + "refresh/", {})
    assert calls == [
        ("checkout_open", False, 1),
        ("checkout_resume", False, 1),
        ("payment_retrieve", False, 1),
    ]


def make_locale_and_site():
    """Tests with real transactions start with empty tables."""
    locale = Locale.objects.get_or_create(language_code="en")[0]
    if not Site.objects.exists():
        root = Page.add_root(title="Root", slug="root", locale=locale)
        Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
