"""Locked rows and deadlocks leave nothing half done, and a retry succeeds."""

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
    created = make_order(product)
    fields = {
        name: getattr(created, name) for name in ("price_key", "quantity", "attempt_key", "ui")
    }
    placement = placement_token(page_id=None, revision_id=None, product_id=product.pk)
    fields |= {"placement": placement, "shown_amount": 1250, "email": "zoe@example.org"}
    return {**fields, **changes}


def post_api(client, data):
    return client.post(API, json.dumps(data), "application/json")


def post_form(client, data):
    return client.post("/payments/checkout/", {**data, "shown_currency": "EUR"})


def test_start_that_times_out_on_the_stock_changes_nothing(client, product):
    data = order(product)
    with locked(Stock.objects.all()):
        response = post_api(client, data)
    assert (response.status_code, response.json()["code"]) == (503, "busy")
    assert not Payment.objects.exists()
    assert not Session.objects.exists()
    assert post_api(client, data).status_code == 201
    assert Payment.objects.get().status == PaymentStatus.PENDING


def test_concurrent_first_buyers_all_succeed(site):
    """They don't deadlock when they create the stock row.

    The row must never have existed: InnoDB keeps a deleted row until it is purged, and two inserts
    may both read-lock it. The package never deletes it.
    """
    product = make_product(prices=TICKET)
    orders = [order(product) for _ in range(5)]
    statuses = []
    threads = [in_thread(statuses, lambda data=data: post_api(Client(), data)) for data in orders]
    for thread in threads:
        thread.join(timeout=60)
    assert statuses == [201] * 5
    assert Payment.objects.filter(status=PaymentStatus.PENDING).count() == 5
    assert Stock.objects.count() == 1


def test_form_without_javascript_can_be_sent_again(client, product):
    data = order(product, ui="hosted")
    with locked(Stock.objects.all()):
        response = post_form(client, data)
    assert "That took too long" in response.content.decode()
    assert data["attempt_key"] in response.content.decode()
    assert not Payment.objects.exists()
    assert post_form(client, data).status_code == 303
    assert Payment.objects.get().status == PaymentStatus.PENDING


def test_interrupted_start_continues_the_same_payment(client, product):
    data = order(product)
    fault_arm("error_500")
    assert post_api(client, data).status_code == 503
    with locked(Payment.objects.all()):
        assert post_api(client, data).json()["code"] == "busy"
    payment = Payment.objects.get()
    assert (payment.status, payment.checkout_reference) == (PaymentStatus.CREATED, None)
    assert post_api(client, data).status_code == 201
    assert reload(payment).checkout_reference == Session.objects.get().reference


def test_status_page_of_a_locked_payment(client, product):
    payment = start(product).payment
    pay(payment)
    with locked(Payment.objects.all()):
        assert client.get(payment_status_path(payment)).status_code == 200
        assert reload(payment).status == PaymentStatus.PENDING
    assert client.get(payment_status_path(payment)).status_code == 200
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_event_of_a_locked_payment_is_retried(product):
    payment = start(product).payment
    pay(payment)
    (event,) = receive_all(payment, secret=SECRET)
    # SQLite locks the whole database, so even the lease fails, and the sweep finds the event.
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
    event = {
        "id": f"sbx_evt_{uuid4().hex}",
        "type": "checkout.completed",
        "created": 1,
        "livemode": False,
        "api_version": "1",
        "data": {"checkout": "sbx_cs_unknown", "payment": "sbx_pay_unknown", "metadata": {}},
    }
    return json.dumps(event).encode()


def send(body):
    header = signature_header(body, secrets=[SECRET], at=timezone.now())
    return Client().post(
        "/payments/webhooks/sandbox/",
        data=body,
        content_type="application/json",
        headers={"Sandbox-Signature": header},
    )


def in_thread(statuses, request):
    def run():
        try:
            statuses.append(request().status_code)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_concurrent_copies_of_an_event_are_stored_once():
    """InnoDB detects a deadlock: two inserts wait for a third one, which is rolled back."""
    body = event_body()
    statuses = []
    with suppress(ZeroDivisionError), transaction.atomic():
        assert send(body).status_code == 200
        threads = [in_thread(statuses, lambda: send(body)) for _ in range(2)]
        time.sleep(1)
        assert statuses == []
        raise ZeroDivisionError
    for thread in threads:
        thread.join(timeout=60)
    deadlock = connection.vendor == "mysql"
    assert sorted(statuses) == ([200, 503] if deadlock else [200, 200])
    assert WebhookEvent.objects.count() == 1
    assert send(body).status_code == 200
    assert WebhookEvent.objects.count() == 1
