"""The payers report: totals per payer, pagination, permissions."""

from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.services.revenue.test_revenue import make_payment
from tests.support.factories import make_dispute, make_product, make_site, make_user
from tests.support.spreadsheets import body, csv_rows, xlsx_rows
from tests.support.tokens import make_staff
from wagtail_payments.admin.revenue import payers as payers_view
from wagtail_payments.admin.revenue.payers import payers_export_table
from wagtail_payments.enums import DisputeStatus, Mode
from wagtail_payments.models import Export, PaymentsLogEntry
from wagtail_payments.permissions import EXPORT, PAYERS, PAYMENTS, product_grant
from wagtail_payments.selectors.revenue import payers as payers_report

pytestmark = [pytest.mark.db, pytest.mark.django_db]

URL = "wagtail_payments_payers:index"
NOON = datetime(2026, 7, 1, 10, tzinfo=UTC)
YEAR = {"period": "custom", "first": "2026-01-01", "last": "2026-12-31", "mode": "live"}


@pytest.fixture
def admin(client):
    make_site()
    client.force_login(make_user("root", is_superuser=True))
    return client


def paid_by(email, amount=100, moment=NOON, **fields):
    defaults = {"mode": Mode.LIVE, "payer_name": email.partition("@")[0].title(), **fields}
    return make_payment(moment, payer_email=email, amount=amount, **defaults)


def shown(client, **query):
    response = client.get(reverse(URL), {**YEAR, **query})
    rows = response.context["payers"]
    return [(row["email"], row["payments"], *row["amounts"]) for row in rows], response


def test_the_totals_per_payer(admin):
    paid_by("zoe@example.org", 1000, refunded_amount=250)
    make_dispute(paid_by("Zoe@Example.org", 500), DisputeStatus.LOST)
    make_dispute(paid_by("zoe@example.org", 700, currency="JPY"), DisputeStatus.WON)
    make_dispute(paid_by("abe@example.org", 300), DisputeStatus.CLOSED)
    make_dispute(paid_by("abe@example.org", 300, mode=Mode.TEST))
    paid_by("abe@example.org", 300, paid=False)
    make_dispute(paid_by("abe@example.org", 300, datetime(2025, 12, 31, 22, 59, tzinfo=UTC)))
    paid_by("", 900, payer_name="Nobody")
    rows, response = shown(admin)
    assert rows == [
        ("abe@example.org", 1, "€3.00", "€0.00", "€0.00", "€3.00"),
        ("zoe@example.org", 2, "€15.00", "€2.50", "€5.00", "€7.50"),
        ("zoe@example.org", 1, "¥700", "¥0", "¥0", "¥700"),
    ]
    html = unescape(response.content.decode())
    assert f"{reverse('wagtail_payments_payment:index')}?q=zoe%40example.org" in html
    assert "time zone Europe/Berlin" in html


def test_page_urls_contain_no_payer(admin, monkeypatch):
    monkeypatch.setattr(payers_view, "_PAGE_SIZE", 2)
    for name in "edcba":
        paid_by(f"{name}@example.org")
        paid_by(f"{name}@example.org", currency="JPY")
    seen, query = [], {}
    for _ in range(3):
        rows, response = shown(admin, **query)
        seen += rows
        url = response.context["next_url"]
        assert "example" not in url
        query = {"after": url.rpartition("after=")[2]} if url else {}
    assert [row[0][0] for row in seen] == ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e"]
    assert response.context["next_url"] == ""
    assert "after" not in response.context["first_url"]
    for nonsense in ("x", "-1", "9" * 12, "²"):
        assert shown(admin, after=nonsense)[0][0][0] == "a@example.org"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zoe", {"zoe@example.org"}),
        ("ZOË m", {"zoe@example.org"}),
        ("Müller, Abe", {"abe@example.org"}),
        ("verein, der", {"cy@example.org"}),
        ("müller", {"zoe@example.org", "abe@example.org"}),
        ("example", set()),
        ("%", set()),
        (" ", {"zoe@example.org", "abe@example.org", "cy@example.org"}),
    ],
)
def test_search_by_prefix(admin, text, found):
    paid_by("zoe@example.org", payer_name="Zoë Müller")
    paid_by("zoe@example.org", payer_name="Z.")
    paid_by("abe@example.org", payer_name="Abe Muller")
    paid_by("cy@example.org", payer_name="Verein, der gute")
    rows, _ = shown(admin, q=text)
    assert {row[0] for row in rows} == found
    if "zoe@example.org" in found:
        # The totals include payments under another name.
        assert next(row[1] for row in rows if row[0].startswith("zoe")) == 2


def make_products():
    """Create two products with payments, and return the first."""
    mine, other = make_product(name="Mine"), make_product(name="Other")
    paid_by("mine@example.org", product_key=mine.translation_key)
    paid_by("other@example.org", product_key=other.translation_key)
    make_dispute(paid_by("mine@example.org", 5000, product_key=other.translation_key), amount=100)
    return mine


def test_only_visible_payers(client):
    make_site()
    mine, kim = make_products(), make_staff("kim")
    client.force_login(kim)
    assert client.get(reverse(URL)).status_code in (302, 403)
    product_grant(right=PAYMENTS, holder=kim, product=mine)
    assert client.get(reverse(URL)).status_code in (302, 403)
    product_grant(right=PAYERS, holder=kim, product=mine)
    rows, response = shown(client)
    assert rows == [("mine@example.org", 1, "€1.00", "€0.00", "€0.00", "€1.00")]
    assert response.context["exports"] == []
    assert client.get(reverse(URL), {**YEAR, "export": "csv"}).status_code in (302, 403)
    assert not PaymentsLogEntry.objects.exists()
    with pytest.raises(PermissionDenied):
        payers_export_table(type(kim).objects.get(pk=kim.pk), "")


def test_hidden_names_are_not_searched(client):
    """The same email address has other names in payments that the user can't see."""
    make_site()
    mine, other = make_product(name="Mine"), make_product(name="Other")
    paid_by("x@example.org", payer_name="Xavier", product_key=mine.translation_key)
    hidden = {"payer_name": "Secret Person", "product_key": other.translation_key}
    paid_by("x@example.org", **hidden)
    paid_by("x@example.org", mode=Mode.TEST, paid=False, **hidden)
    kim = make_staff("kim")
    for right in (PAYMENTS, PAYERS, EXPORT):
        product_grant(right=right, holder=kim, product=mine)
    client.force_login(kim)
    for text, count in (("xav", 1), ("secret", 0), ("person", 0)):
        assert len(shown(client, q=text)[0]) == count
        content = body(client.get(reverse(URL), {**YEAR, "export": "csv", "q": text}))
        assert len(csv_rows(content)) == count
    product_grant(right=PAYERS, holder=kim, product=other)
    assert shown(client, q="secret")[0] == []
    product_grant(right=PAYMENTS, holder=kim, product=other)
    assert len(shown(client, q="secret")[0]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"q": "z" * 101},
        {"q": "zoe\0"},
        {"q": "zzz", "first": "2026-05-01", "last": "2026-04-01"},
        {"q": "zzz", "period": "nonsense"},
    ],
)
def test_an_invalid_form_returns_no_file(admin, query):
    paid_by("zoe@example.org")
    for data in ({**YEAR, **query}, {**YEAR, **query, "export": "csv"}):
        response = admin.get(reverse(URL), data)
        assert response["Content-Type"].startswith("text/html")
        assert response.context["payers"] == []
        assert response.context["form"].errors
    with pytest.raises(PermissionDenied):
        payers_export_table(make_user("boss", is_superuser=True), urlencode({**YEAR, **query}))
    assert not PaymentsLogEntry.objects.exists()


def test_disputes_in_another_currency_leave_the_net_unknown(admin):
    make_dispute(paid_by("zoe@example.org", 1250), DisputeStatus.LOST, currency="USD", amount=1400)
    assert shown(admin)[0] == [("zoe@example.org", 1, "€12.50", "€0.00", "", "")]
    (row,) = csv_rows(body(admin.get(reverse(URL), {**YEAR, "export": "csv"})))
    assert (row["Disputed"], row["Net"]) == ("", "")


def test_all_payments_but_only_payers_of_one_product(client):
    make_site()
    mine, kim = make_products(), make_staff("kim", "view_payment")
    product_grant(right=PAYERS, holder=kim, product=mine)
    client.force_login(kim)
    assert [row[0] for row in shown(client)[0]] == ["mine@example.org"]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_export(client, monkeypatch, file_format):
    make_site()
    mine, kim = make_products(), make_staff("kim", "view_payment", "view_payer")
    product_grant(right=EXPORT, holder=kim, product=mine)
    client.force_login(kim)
    content = body(client.get(reverse(URL), {**YEAR, "export": file_format}))
    (row,) = csv_rows(content) if file_format == "csv" else xlsx_rows(content)
    assert (row["Email"], float(row["Net"]), row["Currency"]) == ("mine@example.org", 1.0, "EUR")
    kim.user_permissions.add(Permission.objects.get(codename="export_payment"))
    monkeypatch.setattr(payers_report.payers_walk, "__kwdefaults__", {"size": 1})
    content = body(client.get(reverse(URL), {**YEAR, "export": file_format, "q": "mine"}))
    (row,) = csv_rows(content) if file_format == "csv" else xlsx_rows(content)
    assert (int(row["Payments"]), float(row["Paid"])) == (2, 51.0)
    entry = PaymentsLogEntry.objects.first()
    assert (entry.data["kind"], entry.data["rows"]) == ("payers", 1)
    assert "mine" not in str(entry.data)
    assert not Export.objects.exists()


def test_the_number_of_queries_is_constant(admin):
    def queries():
        with CaptureQueriesContext(connection) as found:
            shown(admin)
        return len(found)

    paid_by("a@example.org")
    queries()
    before = queries()
    for number in range(30):
        paid_by(f"{number}@example.org")
    assert queries() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_the_database_uses_the_index(admin, monkeypatch):
    """Only the payments of one page are read, even with a million payments."""
    monkeypatch.setattr(payers_report, "_FEW", 0)
    with CaptureQueriesContext(connection) as found:
        shown(admin)
    keys = next(query["sql"] for query in found if "SELECT DISTINCT" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {keys}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "wp_payment_by_email" in plan
    assert "TEMP B-TREE" not in plan


def test_both_queries_return_the_same_payers(admin, monkeypatch):
    for name in "cab":
        paid_by(f"{name}@example.org")
    paid_by("d@example.org", mode=Mode.TEST)
    rows = shown(admin)[0]
    assert [row[0][0] for row in rows] == ["a", "b", "c"]
    monkeypatch.setattr(payers_report, "_FEW", 0)
    assert shown(admin)[0] == rows
    assert [row[0][0] for row in shown(admin, q="c@")[0]] == ["c"]
