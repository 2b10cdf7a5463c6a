"""What a signed-in payer made, and the receipt for whoever holds a payment's link."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.api import API, refused
from tests.support.factories import make_payer, make_product, make_site, make_user, start
from tests.views.test_history import buy
from wagtail_payments.selectors.payments.tokens import payment_token

pytestmark = [pytest.mark.db, pytest.mark.django_db]

URL = f"{API}history/"


@pytest.fixture
def user():
    make_site()
    return make_user()


def test_visitors_are_told_to_sign_in(client, user):
    buy(user)
    refused(client.get(URL), 403, "sign_in_required")


def test_the_own_payments_newest_first(client, user):
    for number in range(3):
        buy(user, f"Night {number}", paid=number == 2)
    client.force_login(user)
    response = client.get(URL, {"limit": 2})
    assert "no-store" in response["Cache-Control"]
    data = response.json()
    assert (data["count"], data["page"], data["limit"]) == (3, 1, 2)
    assert [item["product"] for item in data["items"]] == ["Night 2", "Night 1"]
    assert data["items"][0]["receipt_url"]
    assert data["items"][1]["receipt_url"] is None
    rest = client.get(URL, {"limit": 2, "page": 2}).json()["items"]
    assert [item["product"] for item in rest] == ["Night 0"]
    assert client.get(URL, {"limit": 2, "page": 3}).json()["items"] == []


def test_the_same_address_is_not_the_same_person(client, user):
    start(make_product(), payer=make_payer(email=user.email))
    buy(make_user("nia"))
    client.force_login(user)
    assert client.get(URL).json() == {"count": 0, "page": 1, "limit": 20, "items": []}


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "page=0", "page=10001", "page=x"])
def test_pages_that_there_are_not(client, user, query):
    client.force_login(user)
    refused(client.get(f"{URL}?{query}"), 422, "invalid")


def test_a_fixed_number_of_queries(client, user):
    client.force_login(user)
    buy(user)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for _ in range(4):
        buy(user)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(URL).json()["items"]) == 5
    assert len(few) == len(many)


def test_the_receipt_of_a_link(client, user):
    payment = buy(user)
    response = client.get(f"{API}payments/{payment_token(payment)}/receipt/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"] == (
        f'attachment; filename="receipt-{payment.receipt.code}.pdf"'
    )
    assert "no-store" in response["Cache-Control"]


def test_no_receipt_without_one_or_without_the_link(client, user):
    paid, unpaid = buy(user), buy(user, paid=False)
    client.force_login(user)
    signature = payment_token(unpaid).partition(":")[2]
    for token in (payment_token(unpaid), f"{paid.public_id.hex}:{signature}", paid.public_id.hex):
        refused(client.get(f"{API}payments/{token}/receipt/"), 404, "not_found")
