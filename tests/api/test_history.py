"""The payments of a signed-in user, and receipts for users with a payment's link."""

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


def test_the_history_requires_a_login(client, user):
    buy(user)
    refused(client.get(URL), 403, "sign_in_required")


def test_payments_are_listed_newest_first(client, user):
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


def test_payments_of_others_are_not_listed(client, user):
    start(make_product(), payer=make_payer(email=user.email))
    buy(make_user("nia"))
    client.force_login(user)
    assert client.get(URL).json() == {"count": 0, "page": 1, "limit": 20, "items": []}


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "page=0", "page=10001", "page=x"])
def test_invalid_page_parameters_are_refused(client, user, query):
    client.force_login(user)
    refused(client.get(f"{URL}?{query}"), 422, "invalid")


def test_the_number_of_queries_is_constant(client, user):
    client.force_login(user)
    buy(user)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for _ in range(4):
        buy(user)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(URL).json()["items"]) == 5
    assert len(few) == len(many)


def test_a_payment_link_gives_access_to_the_receipt(client, user):
    payment = buy(user)
    response = client.get(f"{API}payments/{payment_token(payment)}/receipt/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"] == (
        f'attachment; filename="receipt-{payment.receipt.code}.pdf"'
    )
    assert "no-store" in response["Cache-Control"]


def test_a_receipt_requires_a_paid_payment_and_its_link(client, user):
    paid, unpaid = buy(user), buy(user, paid=False)
    client.force_login(user)
    signature = payment_token(unpaid).partition(":")[2]
    for token in (payment_token(unpaid), f"{paid.public_id.hex}:{signature}", paid.public_id.hex):
        refused(client.get(f"{API}payments/{token}/receipt/"), 404, "not_found")
