"""Export of the payments list: the same rows, order and labels, streamed in batches."""

from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.services.revenue.test_revenue import make_payment
from tests.support.factories import make_dispute, make_site, make_user
from tests.support.spreadsheets import as_csv, as_xlsx, body, csv_rows
from tests.support.tokens import make_staff
from wagtail_payments.admin.payments.export import payments_export_table
from wagtail_payments.enums import DisputeStatus, PaymentStatus
from wagtail_payments.models import Payment
from wagtail_payments.services.exports import batches
from wagtail_payments.services.exports.payments import payments_table

from .test_cells import HOSTILE

pytestmark = [pytest.mark.db, pytest.mark.django_db]

INDEX = "wagtail_payments_payment:index"
NOON = datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def admin(client):
    make_site()
    client.force_login(make_user("root", is_superuser=True))
    return client


def table(**filters):
    return payments_table(
        Payment.objects.filter(**filters), user=make_user("boss", is_superuser=True)
    )


def export(client, file_format="csv", **query):
    return client.get(reverse(INDEX), {**query, "export": file_format})


def test_row_contents():
    payment = make_payment(
        NOON,
        amount=1250,
        tax_amount=200,
        refunded_amount=250,
        fee=55,
        method_type="card",
        method_brand="visa",
        method_last4="4242",
        payer_name="Zoë",
        payer_email="zoe@example.org",
        page_title="Home",
        price_name="Child",
        quantity=2,
    )
    make_dispute(payment, DisputeStatus.LOST, amount=300)
    make_dispute(payment, DisputeStatus.WON, amount=500)
    (row,) = as_csv(table())
    assert row == {
        "Date (Europe/Berlin)": "2026-07-01 12:00:00+02:00",
        "Transaction": str(payment.public_id),
        "Receipt": "",
        "Product": "Star night",
        "Price": "Child",
        "Quantity": "2",
        "Amount": "12.50",
        "Paid": "12.50",
        "Currency": "EUR",
        "Included tax": "2.00",
        "Refunded": "2.50",
        "Disputed": "3.00",
        "Fee": "0.55",
        "Fee currency": "EUR",
        "Net": "6.45",
        "Status": "Partly refunded",
        "Method": "Visa •••• 4242",
        "Name": "Zoë",
        "Email": "zoe@example.org",
        "Page": "Home",
        "Provider": "sandbox",
        "Mode": "Test",
    }
    (row,) = as_xlsx(table_of_all())
    assert row["Date (Europe/Berlin)"] == datetime(2026, 7, 1, 12)
    assert (row["Amount"], row["Net"], row["Quantity"]) == (12.5, 6.45, 2)


def table_of_all():
    return payments_table(Payment.objects.all(), user=make_user("other", is_superuser=True))


@pytest.mark.parametrize(
    ("fields", "net"),
    [
        ({"amount": 1250}, "12.50"),
        ({"amount": 1250, "fee": 1300}, "-0.50"),
        ({"amount": 1250, "refunded_amount": 1250, "fee": 30}, "-0.30"),
        ({"amount": 1250, "currency": "JPY"}, "1250"),
        ({"amount": 1250, "currency": "KWD", "fee": 1}, "1.249"),
        ({"amount": 1250, "fee": 55, "fee_currency": "USD"}, ""),
        ({"amount": 1250, "paid": False}, ""),
    ],
)
def test_net(fields, net):
    make_payment(NOON, **fields)
    (row,) = as_csv(table())
    assert row["Net"] == net


@pytest.mark.parametrize(
    ("currency", "disputed", "net"),
    [("EUR", "13.00", "-0.50"), ("", "13.00", "-0.50"), ("USD", "", "")],
)
def test_disputed(currency, disputed, net):
    payment, other = make_payment(NOON, amount=1250), make_payment(NOON, provider="offline")
    make_dispute(other, DisputeStatus.LOST)
    make_dispute(payment, DisputeStatus.LOST, amount=200, currency="EUR")
    make_dispute(payment, DisputeStatus.UNDER_REVIEW, amount=1100, currency=currency)
    (row,) = as_csv(table(provider="sandbox"))
    assert (row["Disputed"], row["Net"]) == (disputed, net)


def test_labels_match_the_list():
    methods = [("", "", ""), ("card", "", ""), ("sepa_debit", "", "3000"), ("card", "visa", "4242")]
    for status in PaymentStatus.values:
        for refunded in (0, 100, 1250):
            for kind, brand, last4 in methods:
                make_payment(
                    NOON,
                    status=status,
                    refunded_amount=refunded,
                    method_type=kind,
                    method_brand=brand,
                    method_last4=last4,
                )
    rows = {row["Transaction"]: row for row in as_csv(table())}
    for payment in Payment.objects.all():
        row = rows[str(payment.public_id)]
        assert row["Status"] == str(payment.display_status)
        assert row["Method"] == payment.display_method


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_titles(text):
    text = text.replace("\x00", "")
    make_payment(NOON, payer_name=text, title=text, page_title=text, price_name=text[:100])
    for row in (*as_csv(table()), *as_xlsx(table_of_all())):
        assert row["Name"] == row["Product"] == row["Page"]
        assert not row["Name"].startswith(tuple("=+-@\t\r"))


def test_export_matches_the_filtered_list(admin):
    for number in range(6):
        make_payment(
            NOON.replace(day=1 + number),
            amount=100 + number,
            currency="EUR" if number % 2 else "JPY",
        )
    query = {"created_at_from": "2026-07-02", "created_at_to": "2026-07-05", "ordering": "amount"}
    listed = [payment.pk for payment in admin.get(reverse(INDEX), query).context["object_list"]]
    assert len(listed) == 4
    rows = csv_rows(body(export(admin, **query)))
    ids = [Payment.objects.get(public_id=row["Transaction"]).pk for row in rows]
    assert ids == listed
    exported = payments_export_table(
        make_user("boss", is_superuser=True), f"{urlencode(query)}&export=csv"
    )
    assert [row["Transaction"] for row in as_csv(exported)] == [row["Transaction"] for row in rows]


def test_selected_rows(admin):
    first, _, third = (make_payment(NOON, amount=amount) for amount in (100, 200, 300))
    rows = csv_rows(body(export(admin, ids=f"{third.pk},{first.pk},x,,999999")))
    assert {row["Amount"] for row in rows} == {"1.00", "3.00"}
    assert csv_rows(body(export(admin, ids=""))) == []
    # The list ignores the parameter.
    assert len(admin.get(reverse(INDEX), {"ids": first.pk}).context["object_list"]) == 3


def test_csv_is_streamed_in_few_queries(admin, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_SIZE", 10)
    for amount in range(1, 26):
        make_payment(NOON, amount=amount)
    with CaptureQueriesContext(connection) as before:
        response = export(admin)
    stream = response.streaming_content
    with CaptureQueriesContext(connection) as headings:
        assert b"Transaction" in next(stream)
    with CaptureQueriesContext(connection) as rest:
        assert len(b"".join(stream).splitlines()) == 25
    assert len(headings) == 0
    # Three batches of payments, and one query for all disputes.
    assert len(rest) == 4
    assert not [query for query in before if "payer_email" in query["sql"]]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith('attachment; filename="payments-2')


@pytest.mark.django_db(transaction=True)
def test_asgi_server():
    make_site()
    root = make_user("root", is_superuser=True)
    make_payment(NOON)

    async def fetch_chunks():
        client = AsyncClient()
        await client.aforce_login(root)
        response = await client.get(reverse(INDEX), {"export": "csv"})
        assert response.is_async
        return [chunk async for chunk in response.streaming_content]

    heading, rows = async_to_sync(fetch_chunks)()
    assert len(csv_rows(heading + rows)) == 1


def test_export_uses_the_language_of_the_user(admin):
    user = make_user("heidi", is_superuser=True)
    UserProfile.objects.create(user=user, preferred_language="de")
    admin.force_login(user)
    make_payment(NOON)
    (row,) = csv_rows(body(export(admin)))
    assert row["Status"] == "Bezahlt"


def test_export_table_requires_permission(client):
    make_site()
    with pytest.raises(PermissionDenied):
        payments_export_table(make_staff("looker", "view_payment"), "export=xlsx")
    off = make_user("off", is_superuser=True, is_active=False)
    with pytest.raises(PermissionDenied):
        payments_export_table(off, "export=xlsx")


def test_amounts_are_exact():
    make_payment(NOON, amount=99_999_999_999)
    (row,) = as_csv(table())
    assert Decimal(row["Amount"]) == Decimal("999999999.99")
