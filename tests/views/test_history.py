"""The payment history: payments of the user, not of the email address."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.support.company import pay
from tests.support.factories import make_payer, make_product, make_site, make_user, start
from wagtail_payments.services.payments.apply import payment_apply

URL = "/payments/history/"
TAG = "{% load wagtail_payments_tags %}{% payment_history limit=2 %}"

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def user():
    make_site()
    return make_user()


def buy(user, name="Star night", *, paid=True):
    payment = start(make_product(name=name), payer=make_payer(user=user)).payment
    if paid:
        pay(payment)
        payment = payment_apply(payment_id=payment.pk, source="visitor").payment
    return payment


def tag(user):
    request = RequestFactory().get("/")
    request.user = user
    return Template(TAG).render(Context({"request": request}))


def test_the_history_requires_a_login(client):
    response = client.get(URL)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/?next=")


def test_the_list_of_a_signed_in_user(client, user):
    payment = buy(user)
    client.force_login(user)
    response = client.get(URL)
    html = response.content.decode()
    for text in ("Star night", "€12.50", "Paid", payment.receipt.code, "Test"):
        assert text in html
    assert "/receipt/" in html
    assert "no-store" in response.headers["Cache-Control"]


def test_payments_with_the_same_email_are_not_listed(client, user):
    start(make_product(name="Somebody else's"), payer=make_payer(email=user.email))
    client.force_login(user)
    assert "There are no payments yet." in client.get(URL).content.decode()


def test_unpaid_payments_have_no_receipt(client, user):
    buy(user, paid=False)
    client.force_login(user)
    html = client.get(URL).content.decode()
    assert "Pending" in html
    assert "/receipt/" not in html


def test_pagination_and_the_number_of_queries(client, user):
    for number in range(21):
        buy(user, f"Night {number}", paid=False)
    client.force_login(user)
    with CaptureQueriesContext(connection) as many:
        html = client.get(URL).content.decode()
    assert "Night 20" in html
    assert "Night 0<" not in html
    assert "Page 1 of 2" in html
    with CaptureQueriesContext(connection) as few:
        assert "Night 0<" in client.get(URL, {"page": "2"}).content.decode()
    assert len(many) == len(few)


def test_the_tag_shows_the_newest_payments(user):
    for number in range(3):
        buy(user, f"Night {number}", paid=False)
    html = tag(user)
    assert "Night 2" in html
    assert "Night 0" not in html
    assert f'href="{URL}"' in html


def test_the_tag_for_anonymous_users(user):
    buy(user)
    for html in (tag(AnonymousUser()), Template(TAG).render(Context({}))):
        assert "Sign in to see your payments." in html
        assert "Star night" not in html
