"""Who asks too often is told how long to wait, and nothing is created."""

import threading
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from tests.api.test_app import checkout, config, order, post, token_of
from tests.support.api import API, refused
from tests.support.factories import make_product, make_site
from tests.support.tokens import bearer, make_staff, make_token
from tests.views.test_checkout import URL, hidden, query
from wagtail_payments.exceptions import RateLimited
from wagtail_payments.http.rate_limits import throttle_hit
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.tokens import placement_token

pytestmark = pytest.mark.django_db

LONG = 10**9
"""Seconds of a window that doesn't end while the tests run."""


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def limit(settings):
    def set_limits(**limits):
        conf = settings.WAGTAIL_PAYMENTS
        limits = {name: count and [count, LONG] for name, count in limits.items()}
        settings.WAGTAIL_PAYMENTS = {**conf, "RATE_LIMITS": {**conf["RATE_LIMITS"], **limits}}

    return set_limits


def limited(response):
    refused(response, 429, "rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= LONG
    assert response.headers["Access-Control-Expose-Headers"] == "Retry-After"


def browser(address="127.0.0.1"):
    return Client(enforce_csrf_checks=True, REMOTE_ADDR=address)


def test_an_address_that_starts_too_often(limit):
    limit(checkout_ip=2)
    product = make_product()
    for _ in range(2):
        assert checkout(browser(), product).status_code == 201
    limited(checkout(browser(), product))
    assert Payment.objects.count() == 2
    assert checkout(browser("127.0.0.2"), product).status_code == 201


def test_a_browser_that_starts_too_often(limit):
    limit(checkout_session=2)
    product, client = make_product(), browser()
    # The first start makes the session, so it counts from the second on.
    for _ in range(3):
        assert checkout(client, product).status_code == 201
    limited(checkout(client, product))
    assert Payment.objects.count() == 3
    assert checkout(browser(), product).status_code == 201


def test_a_product_that_is_started_too_often(limit):
    limit(checkout_product=1)
    product, other = make_product(), make_product(name="Workshop")
    assert checkout(browser("127.0.0.1"), product).status_code == 201
    limited(checkout(browser("127.0.0.2"), product))
    assert checkout(browser("127.0.0.3"), other).status_code == 201
    assert Payment.objects.count() == 2


def test_starts_that_fail_count_too(limit):
    limit(checkout_ip=1)
    product = make_product()
    assert checkout(browser(), product, email="nobody").status_code == 422
    limited(checkout(browser(), product))
    assert not Payment.objects.exists()


def test_another_site_cannot_use_up_what_a_visitor_has(limit):
    """Its requests come without the token, and aren't counted."""
    limit(checkout_ip=1)
    product = make_product()
    refused(post(browser(), order(product)), 403, "csrf_failed")
    assert checkout(browser(), product).status_code == 201


def test_the_form_without_javascript_keeps_what_was_typed(limit):
    limit(checkout_ip=1)
    make_site()
    client, product = browser(), make_product()
    html = client.get(URL, query(product)).content.decode()
    data = {**hidden(html), "email": "zoe@example.org", "name": "Zoë Q"}
    assert client.post(URL, data).status_code == 303
    again = client.post(URL, {**data, "attempt_key": str(uuid4())})
    assert again.status_code == 429
    assert 1 <= int(again.headers["Retry-After"]) <= LONG
    page = again.content.decode()
    assert "Too many attempts." in page
    assert 'value="Zoë Q"' in page
    assert Payment.objects.count() == 1


def test_both_ways_to_start_count_together(limit):
    limit(checkout_ip=1)
    make_site()
    client, product = browser(), make_product()
    assert checkout(client, product).status_code == 201
    html = client.get(URL, query(product)).content.decode()
    assert client.post(URL, {**hidden(html), "email": "zoe@example.org"}).status_code == 429
    assert Payment.objects.count() == 1


def test_reading_too_often(limit):
    limit(read_ip=2)
    product = make_product()
    for _ in range(2):
        assert config(browser(), product).status_code == 200
    limited(config(browser(), product))
    limited(browser().get(f"{API}nowhere/"))
    assert config(browser("::1"), product).status_code == 200


@pytest.mark.parametrize(
    ("method", "kind", "status", "code"),
    [
        ("put", "application/json", 405, "method_not_allowed"),
        ("post", "text/plain", 415, "unsupported_media_type"),
        ("post", "application/json", 422, "invalid"),
    ],
)
def test_starts_that_come_to_nothing_count_as_requests(limit, method, kind, status, code):
    limit(read_ip=2)
    product = make_product()

    def ask():
        return getattr(browser(), method)(f"{API}checkouts/", "{}", kind)

    for _ in range(2):
        refused(ask(), status, code)
    limited(ask())
    limited(post(browser(), order(product)))
    assert not Payment.objects.exists()
    assert checkout(browser("127.0.0.2"), product).status_code == 201


def test_one_ipv6_customer_is_one(limit):
    limit(read_ip=1)
    product = make_product()
    assert config(browser("2001:db8::1"), product).status_code == 200
    limited(config(browser("2001:db8::2"), product))
    assert config(browser("2001:db8:0:1::1"), product).status_code == 200


def test_wrong_tokens_are_counted_and_right_ones_are_not(limit):
    limit(token_ip=2)
    created = make_token(make_staff("kim", "add_apitoken", "view_payment"), "payments:read")
    url = f"{API}staff/payments/"
    wrong = {"Authorization": f"Bearer {created.text[:-1]}."}
    for _ in range(5):
        assert browser().get(url, headers=bearer(created)).status_code == 200
    for _ in range(2):
        refused(browser().get(url, headers=wrong), 401, "token_invalid")
    limited(browser().get(url, headers=wrong))
    assert browser().get(url, headers=bearer(created)).status_code == 200
    limited(browser().get(url, headers=wrong))
    refused(browser("127.0.0.2").get(url, headers=wrong), 401, "token_invalid")


@pytest.mark.slow
def test_sixty_people_of_one_club_get_through(settings):
    """With the limits as they are when a site says nothing."""
    conf = dict(settings.WAGTAIL_PAYMENTS)
    del conf["RATE_LIMITS"]
    settings.WAGTAIL_PAYMENTS = conf
    product = make_product()
    assert {checkout(browser(), product).status_code for _ in range(60)} == {201}


def test_a_new_window_begins_anew(limit, settings):
    conf = settings.WAGTAIL_PAYMENTS
    settings.WAGTAIL_PAYMENTS = {**conf, "RATE_LIMITS": {"checkout_ip": [1, 1]}}

    def often():
        for _ in range(100):
            throttle_hit("checkout_ip", "someone")

    with pytest.raises(RateLimited) as told:
        often()
    threading.Event().wait(told.value.retry_after)
    throttle_hit("checkout_ip", "someone")


def test_a_limit_that_is_switched_off(limit):
    limit(checkout_ip=None)
    for _ in range(200):
        throttle_hit("checkout_ip", "someone")


def test_whoever_cannot_be_told_apart_is_not_limited(limit):
    limit(checkout_ip=1)
    product = make_product()
    for _ in range(3):
        assert checkout(browser(""), product).status_code == 201


def test_requests_at_the_same_time_all_count(limit):
    limit(checkout_ip=50)
    through = []

    def ask():
        for _ in range(20):
            try:
                throttle_hit("checkout_ip", "someone")
            except RateLimited:
                continue
            through.append(1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(through) == 50


@pytest.mark.parametrize(
    "backend",
    [
        {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        },
    ],
    ids=["nothing is kept", "nobody answers"],
)
def test_a_cache_that_is_down_stops_no_payment(limit, settings, backend, caplog):
    limit(checkout_ip=1, checkout_session=1, checkout_product=1, read_ip=1, token_ip=1)
    settings.CACHES = {"default": backend}
    product = make_product()
    for _ in range(3):
        assert checkout(browser(), product).status_code == 201
    response = browser().get(f"{API}staff/payments/", headers={"Authorization": "Bearer x"})
    assert response.status_code == 401
    assert "cannot count" in caplog.text


def test_what_is_kept_in_the_cache_names_nobody(limit):
    limit(checkout_ip=5, checkout_session=5, checkout_product=5, read_ip=50)
    client = browser("203.0.113.77")
    assert checkout(client, make_product()).status_code == 201
    assert checkout(client, make_product()).status_code == 201
    keys = " ".join(cache._cache)
    assert "wagtail_payments:checkout_session" in keys
    assert "203.0.113.77" not in keys
    assert client.session.session_key not in keys


def test_a_forged_placement_counts_for_no_product(limit):
    limit(checkout_product=1)
    product = make_product()
    client = browser()
    token = config(client, product).json()["csrf_token"]
    forged = token_of(product)[:-1] + ("A" if token_of(product)[-1] != "A" else "B")
    refused(post(client, order(product, placement=forged), token=token), 400, "placement_invalid")
    right = placement_token(page_id=1, revision_id=None, product_id=product.pk)
    assert checkout(client, product, placement=right).status_code == 201
