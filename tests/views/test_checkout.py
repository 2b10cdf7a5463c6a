"""The way without JavaScript: a page of its own, its own CSRF token, then the hosted page."""

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


def refused(response, words):
    """Expect the form again, with an error in these words, and nothing started."""
    html = response.content.decode()
    assert response.status_code == 200
    assert words in html.replace("&#x27;", "'")
    assert Payment.objects.count() == 0
    return html


def test_the_page_shows_what_was_chosen_and_is_never_cached(browser):
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


def test_sending_it_leads_to_the_hosted_page(browser):
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 5}])
    response = send(browser, shown(browser, product), quantity="2")
    payment = Payment.objects.get()
    assert response.status_code == 303
    assert response.headers["Location"] == session_url(payment)
    assert (payment.amount, payment.ui, payment.payer_email) == (2500, "hosted", "zoe@example.org")


def test_mails_of_a_fault_do_not_say_who_was_paying(browser, settings, mailoutbox):
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
    (mail,) = mailoutbox
    assert "The disk is full." in mail.body
    assert "placement" in mail.body
    assert "ada.l@example.org" not in str(mail.message())
    assert "Lovelace" not in str(mail.message())
    assert not Payment.objects.exists()


def session_url(payment):
    return f"http://testserver/payments-sandbox/pay/{session_of(payment).secret}/"


def test_sending_it_twice_is_one_payment(browser):
    html = shown(browser, make_product())
    first, second = send(browser, html), send(browser, html)
    assert first.headers["Location"] == second.headers["Location"]
    assert Payment.objects.count() == 1


def test_without_its_token_nothing_starts(browser):
    html = shown(browser, make_product())
    data = {name: value for name, value in hidden(html).items() if name != "csrfmiddlewaretoken"}
    response = browser.post(URL, {**data, "email": "zoe@example.org"})
    assert response.status_code == 403
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("typed", ["12,50", "1e3", "10.001", "4.99", ""])
def test_an_amount_that_cannot_be_taken_is_said_at_its_field(browser, typed):
    html = shown(browser, make_donation())
    again = refused(send(browser, html, amount=typed, name="Zoë"), "amount_error")
    assert 'aria-invalid="true"' in again
    assert 'value="Zoë"' in again
    assert f'value="{typed}"' in again or not typed


def test_a_chosen_amount_is_taken(browser):
    html = shown(browser, make_donation(), amount="33.50")
    assert 'name="amount" value="33.50"' in html
    assert send(browser, html, amount="33.50").status_code == 303
    assert Payment.objects.get().amount == 3350


def test_a_new_price_is_shown_first(browser):
    product = make_product()
    html = shown(browser, product)
    product.prices.update(amount=1500)
    again = refused(send(browser, html), "has changed to €15.00")
    assert send(browser, again).status_code == 303
    assert Payment.objects.get().amount == 1500


@pytest.mark.parametrize(
    "tampered",
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
def test_a_form_that_was_tampered_with(client, tampered):
    product = make_product()
    data = {
        "placement": placement_token(page_id=None, revision_id=None, product_id=product.pk),
        "price_key": str(product.prices.get().key),
        "attempt_key": str(uuid4()),
        "email": "zoe@example.org",
        **tampered,
    }
    response = client.post("/payments/checkout/", data)
    assert response.status_code == 200
    assert "no longer valid" in response.content.decode()
    assert not Payment.objects.exists()


def test_what_is_sold_out(browser):
    html = shown(browser, make_product(prices=[{"amount": 100, "stock": 0}]))
    refused(send(browser, html), "Sold out.")


def test_a_provider_that_does_not_answer(browser):
    html = shown(browser, make_product())
    fault_arm("error_500")
    response = send(browser, html)
    assert "Nothing was charged" in response.content.decode()
    assert send(browser, response.content.decode()).status_code == 303
    assert Payment.objects.count() == 1


def test_a_payment_that_is_over_is_linked_and_the_next_try_is_new(browser):
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
def test_a_placement_that_was_tampered_with(client, method):
    data = {**query(make_product()), "placement": "WzEsMSwxXQ:forged"}
    response = getattr(client, method)(URL, data)
    assert response.status_code == 400
    assert "no longer valid" in response.content.decode()
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("facts", [{"active": False}, {"live": False}])
def test_a_product_that_is_not_sold(client, facts):
    response = client.post(URL, query(make_product(**facts)))
    assert response.status_code == 409
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_price_that_is_not_offered(client, key):
    response = client.post(URL, {**query(make_product()), "price_key": key})
    assert response.status_code == 409
    assert "no longer offered" in response.content.decode()
    assert Payment.objects.count() == 0


def test_other_methods(client):
    assert client.put(URL).status_code == 405
    assert Payment.objects.count() == 0


def test_who_has_just_paid_is_told_so_first(browser):
    product = make_product()
    send(browser, shown(browser, product))
    payment = Payment.objects.get()
    pay(payment)
    payment_apply(payment_id=payment.pk, source="visitor")
    told = send(browser, shown(browser, product))
    assert "You have just paid for this." in told.content.decode()
    assert "/payments/status/" in told.content.decode()
    assert Payment.objects.count() == 1
    assert send(browser, told.content.decode()).status_code == 303
    assert Payment.objects.count() == 2


def test_who_has_just_ordered_is_told_so_though_the_form_is_a_new_one(browser):
    product = make_product()
    placement = placement_token(
        page_id=None, revision_id=None, product_id=product.pk, provider="offline"
    )
    terms = {**query(product), "placement": placement}
    html = browser.get(URL, terms).content.decode()
    assert ">Order<" in html
    assert send(browser, html).status_code == 303
    again = send(browser, browser.get(URL, terms).content.decode())
    assert "You have already ordered this." in again.content.decode()
    assert "/payments/status/" in again.content.decode()
    assert Payment.objects.count() == 1
    assert send(browser, again.content.decode()).status_code == 303
    assert Payment.objects.count() == 2
