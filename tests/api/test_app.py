"""The JSON API: the configuration of a block, checkouts, payment status and errors."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from tests.support.company import pay, pay_by_bank, session_of, settle
from tests.support.factories import make_donation, make_product, make_site, make_user, start
from wagtail_payments import tasks
from wagtail_payments.enums import EventSource, PaymentStatus
from wagtail_payments.models import Delivery, Payment
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.selectors.payments.tokens import payment_token, placement_token
from wagtail_payments.services.payments.apply import payment_apply

API = "/payments/api/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


def token_of(product):
    return placement_token(page_id=None, revision_id=None, product_id=product.pk)


def config(browser, product):
    return browser.get(f"{API}config/", {"placement": token_of(product)})


def order(product, **changes):
    price = product.prices.order_by("sort_order").first()
    fields = {
        "placement": token_of(product),
        "price_key": str(price.key),
        "quantity": 1,
        "amount": "",
        "shown_amount": price.amount,
        "email": "zoe@example.org",
        "name": "Zoë",
        "attempt_key": str(uuid4()),
        "ui": "inline",
    }
    return {**fields, **changes}


def post(browser, data, *, token=None, url="checkouts/"):
    headers = {"X-CSRFToken": token} if token else {}
    return browser.post(f"{API}{url}", json.dumps(data), "application/json", headers=headers)


def checkout(browser, product, **changes):
    token = config(browser, product).json()["csrf_token"]
    return post(browser, order(product, **changes), token=token)


def refused(response, status, code):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert Payment.objects.count() == 0
    return problem


def test_config_of_a_block(browser):
    product = make_product(prices=[{"amount": 1250}, {"amount": 500, "stock": 0}])
    response = config(browser, product)
    assert "no-store" in response["Cache-Control"]
    data = response.json()
    assert data["mode"] == "test"
    assert data["module"].endswith("element.js")
    assert data["payer"] == {"email": "", "name": ""}
    assert [price["available"] for price in data["prices"]] == [True, False]
    assert data["prices"][0]["amount_display"] == "€12.50"
    assert data["messages"]["expired_card"]


def test_config_contains_the_signed_in_user(browser):
    user = make_user("nia", first_name="Nia", last_name="Ray")
    browser.force_login(user)
    assert config(browser, make_product()).json()["payer"] == {
        "email": "nia@example.org",
        "name": "Nia Ray",
    }


def test_a_checkout_returns_payment_and_client_data(browser):
    make_site()
    product = make_product()
    response = checkout(browser, product)
    assert response.status_code == 201
    data = response.json()
    payment = Payment.objects.get()
    assert data["payment"]["id"] == str(payment.public_id)
    assert data["payment"]["status"] == "pending"
    assert data["redirect_url"] is None
    assert data["client"]["frame_url"].startswith("http://testserver/")
    assert payment.payer is None
    assert payment.site is not None


def test_a_hosted_checkout_returns_a_redirect_url(browser):
    data = checkout(browser, make_product(), ui="hosted").json()
    assert data["client"] is None
    assert data["redirect_url"].startswith("http://testserver/")


def test_a_signed_in_payer_owns_the_payment(browser):
    user = make_user()
    browser.force_login(user)
    assert checkout(browser, make_product()).status_code == 201
    assert Payment.objects.get().payer == user


def test_a_checkout_requires_a_csrf_token(browser):
    product = make_product()
    refused(post(browser, order(product)), 403, "csrf_failed")
    config(browser, product)
    refused(post(browser, order(product), token="x" * 64), 403, "csrf_failed")


def test_a_changed_price_is_reported(browser):
    problem = refused(checkout(browser, make_product(), shown_amount=100), 409, "price_changed")
    assert (problem["amount"], problem["amount_display"]) == (1250, "€12.50")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 10**12}, "quantity"),
        ({"quantity": "many"}, "quantity"),
        ({"quantity": 1.5}, "quantity"),
        ({"email": "nobody"}, "email"),
        ({"ui": "elsewhere"}, "ui"),
        ({"amount": "1.00"}, "amount"),
        ({"shown_amount": "1e3"}, "shown_amount"),
    ],
)
def test_invalid_input_is_reported_with_its_field(browser, changes, field):
    problem = refused(checkout(browser, make_product(), **changes), 422, "invalid")
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize("typed", ["12,50", "1e3", "10.001", "4.99", "", "1000.01"])
def test_invalid_chosen_amounts_are_refused(browser, typed):
    response = checkout(browser, make_donation(), amount=typed, shown_amount=None)
    problem = refused(response, 422, "invalid")
    assert problem["errors"][0]["field"] == "amount"


@pytest.mark.parametrize("currency", ["USD", "XXX", "eur"])
def test_a_currency_that_was_not_shown_is_refused(browser, currency):
    response = checkout(browser, make_product(), currency=currency)
    assert refused(response, 409, "price_changed")["currency"] == "EUR"


def test_the_shown_currency_is_accepted(browser):
    assert checkout(browser, make_product(), currency="EUR").status_code == 201
    assert Payment.objects.get().currency == "EUR"


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "{}"])
def test_an_invalid_body_is_refused(browser, body):
    token = config(browser, make_product()).json()["csrf_token"]
    response = browser.post(
        f"{API}checkouts/", body, "application/json", headers={"X-CSRFToken": token}
    )
    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"
    assert not Payment.objects.exists()


def test_a_forged_placement_is_refused(browser):
    make_product()
    response = browser.get(f"{API}config/", {"placement": "forged"})
    refused(response, 400, "placement_invalid")


def test_a_checkout_can_be_retried_with_the_same_key(browser):
    product, key = make_product(), str(uuid4())
    fault_arm("error_500")
    response = checkout(browser, product, attempt_key=key)
    assert response.status_code == 503
    assert response.json()["code"] == "provider_unavailable"
    assert checkout(browser, product, attempt_key=key).status_code == 201
    assert Payment.objects.get().status == PaymentStatus.PENDING


def test_a_retry_after_a_timeout_opens_no_second_checkout(browser):
    from wagtail_payments.sandbox.models import Session

    product, key = make_product(), str(uuid4())
    fault_arm("timeout_after_success")
    assert checkout(browser, product, attempt_key=key).status_code == 503
    assert checkout(browser, product, attempt_key=key).status_code == 201
    assert Session.objects.count() == 1
    assert Payment.objects.count() == 1


def test_a_finished_attempt_returns_its_status_url(browser):
    product, key = make_product(), str(uuid4())
    checkout(browser, product, attempt_key=key)
    pay(Payment.objects.get())
    response = checkout(browser, product, attempt_key=key)
    assert (response.status_code, response.json()["code"]) == (409, "attempt_finished")
    assert response.json()["status_url"].startswith("/payments/status/")
    assert Payment.objects.get().status == PaymentStatus.SUCCEEDED


@pytest.mark.parametrize(("arrives", "end"), [(True, "succeeded"), (False, "failed")])
def test_a_processing_attempt_is_not_started_again(browser, arrives, end):
    product, key = make_product(), str(uuid4())
    checkout(browser, product, attempt_key=key)
    attempt = pay_by_bank(Payment.objects.get(), arrives=arrives)
    response = checkout(browser, product, attempt_key=key)
    assert (response.status_code, response.json()["code"]) == (409, "attempt_finished")
    assert "being processed" in response.json()["detail"]
    settle(attempt)
    payment_apply(payment_id=Payment.objects.get().pk, source=EventSource.PROVIDER)
    assert Payment.objects.get().status == end
    detail = checkout(browser, product, attempt_key=key).json()["detail"]
    assert ("nothing was charged" in detail) is not arrives


def test_the_status_does_not_contain_the_payer(browser):
    payment = start(make_product()).payment
    response = browser.get(f"{API}payments/{payment_token(payment)}/")
    assert "no-store" in response["Cache-Control"]
    assert "zoe@" not in response.content.decode().lower()
    assert "Zoë" not in response.json().values()
    assert response.json()["finished"] is False


def test_the_status_after_success(browser):
    make_site()
    product = make_product()
    token = config(browser, product).json()["csrf_token"]
    payment = start(product).payment
    pay(payment)
    url = f"payments/{payment_token(payment)}/"
    assert browser.get(API + url).json()["paid"] is False
    data = post(browser, {}, token=token, url=url + "refresh/").json()
    assert data["paid"] is True
    assert (data["amount_display"], data["last4"]) == ("€12.50", "4242")
    assert data["receipt_url"].endswith("/receipt/")
    assert Delivery.objects.count() == 2
    assert post(browser, {}, token=token, url=url + "refresh/").json() == data


def test_a_refresh_requires_a_csrf_token(browser):
    payment = start(make_product()).payment
    pay(payment)
    response = post(browser, {}, url=f"payments/{payment_token(payment)}/refresh/")
    assert response.status_code == 403
    assert Payment.objects.get().status == PaymentStatus.PENDING


def test_a_refresh_works_while_the_queue_is_down(browser, monkeypatch):
    """The payment and its deliveries are stored, and the sweep sends them later."""

    def down(*args):
        raise OSError("the queue is down")

    monkeypatch.setattr(type(tasks.send_delivery.huey.storage), "enqueue", down)
    product = make_product()
    token = config(browser, product).json()["csrf_token"]
    payment = start(product).payment
    pay(payment)
    url = f"payments/{payment_token(payment)}/refresh/"
    assert post(browser, {}, token=token, url=url).json()["paid"] is True
    assert Delivery.objects.filter(state="pending").count() == 2


def test_a_missing_provider_is_reported(browser, settings):
    product = make_product()
    conf = settings.WAGTAIL_PAYMENTS
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {}}
    refused(config(browser, product), 503, "provider_unavailable")


@pytest.mark.parametrize("extra", [{"unit_amount": 1}, {"status": "succeeded"}])
def test_unknown_fields_are_refused(browser, extra):
    problem = refused(checkout(browser, make_product(), **extra), 422, "invalid")
    assert [error["field"] for error in problem["errors"]] == list(extra)


def test_a_token_gives_access_to_one_payment_only(browser):
    payment, other = (start(make_product()).payment for _ in range(2))
    token = payment_token(payment)
    assert browser.get(f"{API}payments/{token}/").json()["id"] == str(payment.public_id)
    signature = token.partition(":")[2]
    for forged in (f"{other.public_id.hex}:{signature}", other.public_id.hex, "x", str(other.pk)):
        response = browser.get(f"{API}payments/{forged}/")
        assert response.status_code == 404
        assert response.json()["code"] == "not_found"


def test_a_refresh_works_while_the_provider_is_unavailable(browser):
    product = make_product()
    token = config(browser, product).json()["csrf_token"]
    payment = start(product).payment
    pay(payment)
    fault_arm("error_500")
    url = f"payments/{payment_token(payment)}/refresh/"
    assert post(browser, {}, token=token, url=url).json()["paid"] is False
    assert session_of(payment).state == "succeeded"
