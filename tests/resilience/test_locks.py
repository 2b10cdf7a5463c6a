"""Rows that somebody else keeps locked, and deadlocks: nothing is half done, and trying again helps."""

import json
import time
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Site

from tests.support.company import pay, receive_all
from tests.support.factories import make_order, make_product, reload, start
from tests.support.locks import locked
from wagtail_payments.enums import EventKind, PaymentStatus, WebhookState
from wagtail_payments.models import Payment, Stock, WebhookEvent
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.sandbox.signing import signature_header
from wagtail_payments.selectors.payments.payments import payment_status_path
from wagtail_payments.selectors.payments.tokens import placement_token
from wagtail_payments.services.webhooks.inbox import webhook_process

API = "/payments/api/checkouts/"
SECRET = "whsec_tests"
TICKET = [{"amount": 1250, "stock": 5}]

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site():
    return Site.objects.get(is_default_site=True)


@pytest.fixture
def product(site):
    product = make_product(prices=TICKET)
    price = product.prices.get()
    Stock.objects.create(product_key=product.translation_key, price_key=price.key)
    return product


def order(product, **changes):
    made = make_order(product)
    fields = {name: getattr(made, name) for name in ("price_key", "quantity", "attempt_key", "ui")}
    placement = placement_token(page_id=None, revision_id=None, product_id=product.pk)
    fields |= {"placement": placement, "shown_amount": 1250, "email": "zoe@example.org"}
    return {**fields, **changes}


def post_api(client, data):
    return client.post(API, json.dumps(data), "application/json")


def post_form(client, data):
    return client.post("/payments/checkout/", {**data, "shown_currency": "EUR"})


def test_a_start_that_waits_too_long_for_the_stock_leaves_nothing(client, product):
    data = order(product)
    with locked(Stock.objects.all()):
        response = post_api(client, data)
    assert (response.status_code, response.json()["code"]) == (503, "busy")
    assert not Payment.objects.exists()
    assert not Session.objects.exists()
    assert post_api(client, data).status_code == 201
    assert Payment.objects.get().status == PaymentStatus.PENDING


def test_the_first_buyers_at_the_same_moment_all_buy(site):
    """None of them has to wait for another one's lock in a circle.

    The row must never have been there: InnoDB keeps a deleted one until its purge, and two that
    insert it anew may both read-lock that. Our code never deletes it.
    """
    product = make_product(prices=TICKET)
    orders = [order(product) for _ in range(5)]
    answers = []
    threads = [in_thread(answers, lambda data=data: post_api(Client(), data)) for data in orders]
    for thread in threads:
        thread.join(timeout=60)
    assert answers == [201] * 5
    assert Payment.objects.filter(status=PaymentStatus.PENDING).count() == 5
    assert Stock.objects.count() == 1


def test_without_javascript_the_form_is_shown_again_and_works(client, product):
    data = order(product, ui="hosted")
    with locked(Stock.objects.all()):
        response = post_form(client, data)
    assert "That took too long" in response.content.decode()
    assert data["attempt_key"] in response.content.decode()
    assert not Payment.objects.exists()
    assert post_form(client, data).status_code == 303
    assert Payment.objects.get().status == PaymentStatus.PENDING


def test_a_start_that_was_broken_off_half_way_goes_on_with_the_same_payment(client, product):
    data = order(product)
    fault_arm("error_500")
    assert post_api(client, data).status_code == 503
    with locked(Payment.objects.all()):
        assert post_api(client, data).json()["code"] == "busy"
    payment = Payment.objects.get()
    assert (payment.status, payment.checkout_reference) == (PaymentStatus.CREATED, None)
    assert post_api(client, data).status_code == 201
    assert reload(payment).checkout_reference == Session.objects.get().reference


def test_a_status_page_shows_what_is_known(client, product):
    payment = start(product).payment
    pay(payment)
    with locked(Payment.objects.all()):
        assert client.get(payment_status_path(payment)).status_code == 200
        assert reload(payment).status == PaymentStatus.PENDING
    assert client.get(payment_status_path(payment)).status_code == 200
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_an_event_whose_payment_is_locked_is_tried_again(product):
    payment = start(product).payment
    pay(payment)
    (event,) = receive_all(payment, secret=SECRET)
    # SQLite has no lock for a row: there even taking the event fails, and the sweep finds it.
    with locked(Payment.objects.all()), suppress(OperationalError):
        webhook_process(event_id=event.pk)
    event.refresh_from_db()
    assert (event.state, event.leased_until) == (WebhookState.PENDING, None)
    assert reload(payment).status == PaymentStatus.PENDING
    WebhookEvent.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    assert len(webhook_process(event_id=event.pk).delivery_ids) == 2
    paid = reload(payment)
    assert paid.status == PaymentStatus.SUCCEEDED
    assert paid.events.filter(kind=EventKind.STATUS_CHANGED).count() == 2


def event_body():
    facts = {
        "id": f"sbx_evt_{uuid4().hex}",
        "type": "checkout.completed",
        "created": 1,
        "livemode": False,
        "api_version": "1",
        "data": {"checkout": "sbx_cs_unknown", "payment": "sbx_pay_unknown", "metadata": {}},
    }
    return json.dumps(facts).encode()


def send(body):
    header = signature_header(body, secrets=[SECRET], at=timezone.now())
    return Client().post(
        "/payments/webhooks/sandbox/",
        data=body,
        content_type="application/json",
        headers={"Sandbox-Signature": header},
    )


def in_thread(answers, ask):
    def run():
        try:
            answers.append(ask().status_code)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_one_event_from_three_sides_is_stored_once():
    """InnoDB breaks a deadlock here: two wait for the row of a third one, who then takes it back."""
    body = event_body()
    answers = []
    with suppress(ZeroDivisionError), transaction.atomic():
        assert send(body).status_code == 200
        threads = [in_thread(answers, lambda: send(body)) for _ in range(2)]
        time.sleep(1)
        assert answers == []
        raise ZeroDivisionError
    for thread in threads:
        thread.join(timeout=60)
    broken_off = connection.vendor == "mysql"
    assert sorted(answers) == ([200, 503] if broken_off else [200, 200])
    assert WebhookEvent.objects.count() == 1
    assert send(body).status_code == 200
    assert WebhookEvent.objects.count() == 1
