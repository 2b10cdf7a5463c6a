"""The checkout without JavaScript: a form with a CSRF token, then the hosted page."""

import re
from uuid import UUID, uuid4

import django
import pytest
from django.db import DatabaseError, connection
from django.test import Client

from tests.support.company import pay, session_of
from tests.support.factories import make_donation, make_product, make_site
from wagtail_payments.models import Payment
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.selectors.payments.tokens import placement_token
from wagtail_payments.services.payments.apply import payment_apply

URL = "/payments/checkout/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    make_site()
    return Client(enforce_csrf_checks=True)


def query(product, **changes):
    price = product.prices.order_by("sort_order").first()
    placement = placement_token(page_id=None, revision_id=None, product_id=product.pk)
    fields = {f"{name}-{price.key}": value for name, value in changes.items()}
    return {"placement": placement, "price_key": str(price.key), **fields}


def hidden(html):
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))


def shown(browser, product, **changes):
    return browser.get(URL, query(product, **changes)).content.decode()


def send(browser, html, **changes):
    return browser.post(URL, {**hidden(html), "email": "zoe@example.org", "name": "", **changes})


def refused(response, error):
    """Expect the form with this error, and no payment."""
    html = response.content.decode()
    assert response.status_code == 200
    assert error in html.replace("&#x27;", "'")
    assert Payment.objects.count() == 0
    return html


def test_the_form_shows_the_selection_and_is_not_cached(browser):
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 5}])
    response = browser.get(URL, query(product, quantity="3"))
    html = response.content.decode()
    assert "Star night" in html
    assert "€12.50" in html
    assert re.search(r'name="quantity" value="3"', html)
    assert "TEST MODE" in html
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert Payment.objects.count() == 0


def test_the_form_redirects_to_the_hosted_page(browser):
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 5}])
    response = send(browser, shown(browser, product), quantity="2")
    payment = Payment.objects.get()
    assert response.status_code == 303
    assert response.headers["Location"] == session_url(payment)
    assert (payment.amount, payment.ui, payment.payer_email) == (2500, "hosted", "zoe@example.org")


def test_error_emails_do_not_contain_the_payer(browser, settings, mailoutbox):
    ops = "ops@example.org"
    settings.ADMINS = [ops] if django.VERSION >= (6, 0) else [("Ops", ops)]
    browser.raise_request_exception = False
    html = shown(browser, make_product())

    def broken(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise DatabaseError("The disk is full.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        response = send(browser, html, email="ada.l@example.org", name="Ada Lovelace")
    assert response.status_code == 500
    (email,) = mailoutbox
    assert "The disk is full." in email.body
    assert "placement" in email.body
    assert "ada.l@example.org" not in str(email.message())
    assert "Lovelace" not in str(email.message())
    assert not Payment.objects.exists()


def session_url(payment):
    return f"http://testserver/payments-sandbox/pay/{session_of(payment).secret}/"


def test_sending_the_form_twice_creates_one_payment(browser):
    html = shown(browser, make_product())
    first, second = send(browser, html), send(browser, html)
    assert first.headers["Location"] == second.headers["Location"]
    assert Payment.objects.count() == 1


def test_the_form_requires_a_csrf_token(browser):
    html = shown(browser, make_product())
    data = {name: value for name, value in hidden(html).items() if name != "csrfmiddlewaretoken"}
    response = browser.post(URL, {**data, "email": "zoe@example.org"})
    assert response.status_code == 403
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("typed", ["12,50", "1e3", "10.001", "4.99", ""])
def test_an_invalid_amount_is_a_field_error(browser, typed):
    html = shown(browser, make_donation())
    again = refused(send(browser, html, amount=typed, name="Zoë"), "amount_error")
    assert 'aria-invalid="true"' in again
    assert 'value="Zoë"' in again
    assert f'value="{typed}"' in again or not typed


def test_a_chosen_amount_is_accepted(browser):
    html = shown(browser, make_donation(), amount="33.50")
    assert 'name="amount" value="33.50"' in html
    assert send(browser, html, amount="33.50").status_code == 303
    assert Payment.objects.get().amount == 3350


def test_a_changed_price_must_be_confirmed(browser):
    product = make_product()
    html = shown(browser, product)
    product.prices.update(amount=1500)
    again = refused(send(browser, html), "has changed to €15.00")
    assert send(browser, again).status_code == 303
    assert Payment.objects.get().amount == 1500


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": "0"},
        {"quantity": "-1"},
        {"quantity": "1000000000000"},
        {"amount": "0.01"},
        {"amount": "12,50"},
        {"currency": "JPY"},
        {"unit_amount": "1"},
    ],
)
def test_a_manipulated_form_is_refused(client, changes):
    product = make_product()
    data = {
        "placement": placement_token(page_id=None, revision_id=None, product_id=product.pk),
        "price_key": str(product.prices.get().key),
        "attempt_key": str(uuid4()),
        "email": "zoe@example.org",
        **changes,
    }
    response = client.post("/payments/checkout/", data)
    assert response.status_code == 200
    assert "no longer valid" in response.content.decode()
    assert not Payment.objects.exists()


def test_a_sold_out_price_is_refused(browser):
    html = shown(browser, make_product(prices=[{"amount": 100, "stock": 0}]))
    refused(send(browser, html), "Sold out.")


def test_an_unavailable_provider_can_be_retried(browser):
    html = shown(browser, make_product())
    fault_arm("error_500")
    response = send(browser, html)
    assert "Nothing was charged" in response.content.decode()
    assert send(browser, response.content.decode()).status_code == 303
    assert Payment.objects.count() == 1


def test_a_finished_payment_is_linked_and_a_new_attempt_starts(browser):
    html = shown(browser, make_product())
    send(browser, html)
    payment = Payment.objects.get()
    pay(payment)
    payment_apply(payment_id=payment.pk, source="visitor")
    again = send(browser, html).content.decode()
    assert "already paid or being processed" in again
    assert "/payments/status/" in again
    assert UUID(hidden(again)["attempt_key"]) != UUID(hidden(html)["attempt_key"])
    assert Payment.objects.count() == 1
    assert send(browser, again).status_code == 303
    assert Payment.objects.count() == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_placement_is_refused(client, method):
    data = {**query(make_product()), "placement": "WzEsMSwxXQ:forged"}
    response = getattr(client, method)(URL, data)
    assert response.status_code == 400
    assert "no longer valid" in response.content.decode()
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("fields", [{"active": False}, {"live": False}])
def test_a_product_that_is_not_for_sale_is_refused(client, fields):
    response = client.post(URL, query(make_product(**fields)))
    assert response.status_code == 409
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_price_is_refused(client, key):
    response = client.post(URL, {**query(make_product()), "price_key": key})
    assert response.status_code == 409
    assert "no longer offered" in response.content.decode()
    assert Payment.objects.count() == 0


def test_other_methods_are_not_allowed(client):
    assert client.put(URL).status_code == 405
    assert Payment.objects.count() == 0


def test_a_second_payment_must_be_confirmed(browser):
    product = make_product()
    send(browser, shown(browser, product))
    payment = Payment.objects.get()
    pay(payment)
    payment_apply(payment_id=payment.pk, source="visitor")
    warning = send(browser, shown(browser, product))
    assert "You have just paid for this." in warning.content.decode()
    assert "/payments/status/" in warning.content.decode()
    assert Payment.objects.count() == 1
    assert send(browser, warning.content.decode()).status_code == 303
    assert Payment.objects.count() == 2


def test_a_second_order_must_be_confirmed(browser):
    product = make_product()
    placement = placement_token(
        page_id=None, revision_id=None, product_id=product.pk, provider="offline"
    )
    params = {**query(product), "placement": placement}
    html = browser.get(URL, params).content.decode()
    assert ">Order<" in html
    assert send(browser, html).status_code == 303
    again = send(browser, browser.get(URL, params).content.decode())
    assert "You have already ordered this." in again.content.decode()
    assert "/payments/status/" in again.content.decode()
    assert Payment.objects.count() == 1
    assert send(browser, again.content.decode()).status_code == 303
    assert Payment.objects.count() == 2
