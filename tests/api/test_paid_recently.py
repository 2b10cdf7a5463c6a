"""Payers who just paid for the same product in the same browser must confirm a second payment."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests.api.test_app import checkout, order, post
from tests.support.company import pay
from tests.support.factories import make_product
from wagtail_payments.enums import EventSource
from wagtail_payments.models import Payment
from wagtail_payments.services.payments.apply import payment_apply

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


def buy(browser, product, **changes):
    response = checkout(browser, product, **changes)
    assert response.status_code == 201, response.content
    payment = Payment.objects.latest("id")
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def test_a_second_payment_must_be_confirmed(browser):
    product = make_product()
    buy(browser, product)
    response = checkout(browser, product)
    assert (response.status_code, response.json()["code"]) == (409, "paid_recently")
    assert "/payments/status/" in response.json()["status_url"]
    assert Payment.objects.count() == 1
    assert checkout(browser, product, again=True).status_code == 201


def test_no_warning_for_another_product(browser):
    buy(browser, make_product())
    assert checkout(browser, make_product(name="Workshop")).status_code == 201


def test_no_warning_in_another_browser_with_the_same_email(browser):
    product = make_product()
    buy(browser, product)
    other = Client(enforce_csrf_checks=True)
    assert checkout(other, product).status_code == 201


def test_no_warning_after_ten_minutes(browser):
    product = make_product()
    buy(browser, product)
    Payment.objects.update(paid_at=timezone.now() - timedelta(minutes=11))
    assert checkout(browser, product).status_code == 201


def test_no_warning_after_an_unpaid_checkout(browser):
    product = make_product()
    assert checkout(browser, product).status_code == 201
    assert checkout(browser, product).status_code == 201


def test_no_warning_for_the_same_attempt(browser):
    product, key = make_product(), str(uuid4())
    buy(browser, product)
    assert checkout(browser, product, attempt_key=key, again=True).status_code == 201
    assert checkout(browser, product, attempt_key=key).status_code == 201
    assert Payment.objects.count() == 2


def test_the_session_stores_only_the_last_payment_ids(browser):
    product = make_product()
    for _ in range(22):
        assert checkout(browser, product).status_code == 201
    remembered = browser.session["wagtail_payments"]
    assert len(remembered) == 20
    assert Payment.objects.latest("id").public_id.hex in remembered
    assert "zoe" not in str(remembered)


def test_a_csrf_failure_stores_nothing_in_the_session(browser):
    assert post(browser, order(make_product())).status_code == 403
    assert "wagtail_payments" not in browser.session
