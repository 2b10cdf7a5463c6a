"""Rate limits: too many requests are refused with a waiting time, and create nothing."""

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


def assert_rate_limited(response):
    refused(response, 429, "rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= LONG
    assert response.headers["Access-Control-Expose-Headers"] == "Retry-After"


def browser(address="127.0.0.1"):
    return Client(enforce_csrf_checks=True, REMOTE_ADDR=address)


def test_checkouts_are_limited_per_address(limit):
    limit(checkout_ip=2)
    product = make_product()
    for _ in range(2):
        assert checkout(browser(), product).status_code == 201
    assert_rate_limited(checkout(browser(), product))
    assert Payment.objects.count() == 2
    assert checkout(browser("127.0.0.2"), product).status_code == 201


def test_checkouts_are_limited_per_session(limit):
    limit(checkout_session=2)
    product, client = make_product(), browser()
    # The first checkout creates the session, so counting starts with the second one.
    for _ in range(3):
        assert checkout(client, product).status_code == 201
    assert_rate_limited(checkout(client, product))
    assert Payment.objects.count() == 3
    assert checkout(browser(), product).status_code == 201


def test_checkouts_are_limited_per_product(limit):
    limit(checkout_product=1)
    product, other = make_product(), make_product(name="Workshop")
    assert checkout(browser("127.0.0.1"), product).status_code == 201
    assert_rate_limited(checkout(browser("127.0.0.2"), product))
    assert checkout(browser("127.0.0.3"), other).status_code == 201
    assert Payment.objects.count() == 2


def test_failed_checkouts_are_counted(limit):
    limit(checkout_ip=1)
    product = make_product()
    assert checkout(browser(), product, email="nobody").status_code == 422
    assert_rate_limited(checkout(browser(), product))
    assert not Payment.objects.exists()


def test_requests_without_a_csrf_token_are_not_counted(limit):
    """Otherwise, another site could use up a visitor's limit."""
    limit(checkout_ip=1)
    product = make_product()
    refused(post(browser(), order(product)), 403, "csrf_failed")
    assert checkout(browser(), product).status_code == 201


def test_a_rate_limited_form_keeps_its_values(limit):
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


def test_the_api_and_the_form_share_a_limit(limit):
    limit(checkout_ip=1)
    make_site()
    client, product = browser(), make_product()
    assert checkout(client, product).status_code == 201
    html = client.get(URL, query(product)).content.decode()
    assert client.post(URL, {**hidden(html), "email": "zoe@example.org"}).status_code == 429
    assert Payment.objects.count() == 1


def test_read_requests_are_limited(limit):
    limit(read_ip=2)
    product = make_product()
    for _ in range(2):
        assert config(browser(), product).status_code == 200
    assert_rate_limited(config(browser(), product))
    assert_rate_limited(browser().get(f"{API}nowhere/"))
    assert config(browser("::1"), product).status_code == 200


@pytest.mark.parametrize(
    ("method", "kind", "status", "code"),
    [
        ("put", "application/json", 405, "method_not_allowed"),
        ("post", "text/plain", 415, "unsupported_media_type"),
        ("post", "application/json", 422, "invalid"),
    ],
)
def test_invalid_checkouts_count_as_requests(limit, method, kind, status, code):
    limit(read_ip=2)
    product = make_product()

    def send_request():
        return getattr(browser(), method)(f"{API}checkouts/", "{}", kind)

    for _ in range(2):
        refused(send_request(), status, code)
    assert_rate_limited(send_request())
    assert_rate_limited(post(browser(), order(product)))
    assert not Payment.objects.exists()
    assert checkout(browser("127.0.0.2"), product).status_code == 201


def test_an_ipv6_network_is_one_address(limit):
    limit(read_ip=1)
    product = make_product()
    assert config(browser("2001:db8::1"), product).status_code == 200
    assert_rate_limited(config(browser("2001:db8::2"), product))
    assert config(browser("2001:db8:0:1::1"), product).status_code == 200


def test_only_wrong_tokens_are_counted(limit):
    limit(token_ip=2)
    created = make_token(make_staff("kim", "add_apitoken", "view_payment"), "payments:read")
    url = f"{API}staff/payments/"
    wrong = {"Authorization": f"Bearer {created.text[:-1]}."}
    for _ in range(5):
        assert browser().get(url, headers=bearer(created)).status_code == 200
    for _ in range(2):
        refused(browser().get(url, headers=wrong), 401, "token_invalid")
    assert_rate_limited(browser().get(url, headers=wrong))
    assert browser().get(url, headers=bearer(created)).status_code == 200
    assert_rate_limited(browser().get(url, headers=wrong))
    refused(browser("127.0.0.2").get(url, headers=wrong), 401, "token_invalid")


@pytest.mark.slow
def test_default_limits_allow_sixty_checkouts_from_one_address(settings):
    conf = dict(settings.WAGTAIL_PAYMENTS)
    del conf["RATE_LIMITS"]
    settings.WAGTAIL_PAYMENTS = conf
    product = make_product()
    assert {checkout(browser(), product).status_code for _ in range(60)} == {201}


def test_a_new_window_starts_at_zero(limit, settings):
    conf = settings.WAGTAIL_PAYMENTS
    settings.WAGTAIL_PAYMENTS = {**conf, "RATE_LIMITS": {"checkout_ip": [1, 1]}}

    def exceed_limit():
        for _ in range(100):
            throttle_hit("checkout_ip", "someone")

    with pytest.raises(RateLimited) as error:
        exceed_limit()
    threading.Event().wait(error.value.retry_after)
    throttle_hit("checkout_ip", "someone")


def test_a_limit_can_be_disabled(limit):
    limit(checkout_ip=None)
    for _ in range(200):
        throttle_hit("checkout_ip", "someone")


def test_clients_without_an_address_are_not_limited(limit):
    limit(checkout_ip=1)
    product = make_product()
    for _ in range(3):
        assert checkout(browser(""), product).status_code == 201


def test_concurrent_requests_are_all_counted(limit):
    limit(checkout_ip=50)
    allowed = []

    def send_request():
        for _ in range(20):
            try:
                throttle_hit("checkout_ip", "someone")
            except RateLimited:
                continue
            allowed.append(1)

    threads = [threading.Thread(target=send_request) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 50


@pytest.mark.parametrize(
    "backend",
    [
        {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        },
    ],
    ids=["dummy", "unreachable"],
)
def test_payments_work_while_the_cache_is_down(limit, settings, backend, caplog):
    limit(checkout_ip=1, checkout_session=1, checkout_product=1, read_ip=1, token_ip=1)
    settings.CACHES = {"default": backend}
    product = make_product()
    for _ in range(3):
        assert checkout(browser(), product).status_code == 201
    response = browser().get(f"{API}staff/payments/", headers={"Authorization": "Bearer x"})
    assert response.status_code == 401
    assert "cannot count" in caplog.text


def test_cache_keys_contain_no_personal_data(limit):
    limit(checkout_ip=5, checkout_session=5, checkout_product=5, read_ip=50)
    client = browser("203.0.113.77")
    assert checkout(client, make_product()).status_code == 201
    assert checkout(client, make_product()).status_code == 201
    keys = " ".join(cache._cache)
    assert "wagtail_payments:checkout_session" in keys
    assert "203.0.113.77" not in keys
    assert client.session.session_key not in keys


def test_a_forged_placement_is_not_counted_for_its_product(limit):
    limit(checkout_product=1)
    product = make_product()
    client = browser()
    token = config(client, product).json()["csrf_token"]
    forged = token_of(product)[:-1] + ("A" if token_of(product)[-1] != "A" else "B")
    refused(post(client, order(product, placement=forged), token=token), 400, "placement_invalid")
    valid = placement_token(page_id=1, revision_id=None, product_id=product.pk)
    assert checkout(client, product, placement=valid).status_code == 201
