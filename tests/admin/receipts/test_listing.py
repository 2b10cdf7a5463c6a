"""The lists of receipts and credit notes: search, filters, downloads, resending, permissions."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.payments.test_payments import paid, staff
from tests.services.receipts.test_credit_notes import sync_refunds
from tests.support.factories import make_site, make_user
from wagtail_payments.admin.receipts.listing import ReceiptDocumentPaginator
from wagtail_payments.admin.receipts.viewsets import ReceiptIndexView, ReceiptViewSet
from wagtail_payments.enums import EventSource
from wagtail_payments.models import CreditNote, Delivery, Payment, Receipt
from wagtail_payments.permissions import PAYERS, PAYMENTS, payment_grant, product_grant
from wagtail_payments.selectors.receipts.receipts import documents_in_period, documents_search

RECEIPTS, NOTES = "wagtail_payments_receipt", "wagtail_payments_creditnote"

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def site():
    return make_site()


@pytest.fixture
def documents():
    """Two payments with receipts, one of them partly refunded."""
    zoe = paid(email="zoe@example.org", name="Zoë Wirth")
    ann = paid(product="Choir", email="ann@example.org", name="Ann Zeller")
    sync_refunds(ann, ("re_1", 500, "succeeded"), source=EventSource.PROVIDER)
    return zoe, ann


def get_list(client, name, **query):
    return unescape(client.get(reverse(f"{name}:index"), query).content.decode())


def shown(html):
    return {receipt.code for receipt in Receipt.objects.all() if receipt.code in html}


def test_the_lists_for_a_treasurer(client, documents):
    zoe, ann = documents
    client.force_login(staff("tess", "view_payment", "view_payer", "resend_delivery"))
    html = get_list(client, RECEIPTS)
    for text in (zoe.receipt.code, "Star night", "€12.50", "Zoë Wirth", "Test"):
        assert text in html
    assert reverse(f"{RECEIPTS}:pdf", args=[zoe.receipt.pk]) in html
    assert reverse(f"{RECEIPTS}:resend", args=[zoe.receipt.pk]) in html
    html = get_list(client, NOTES)
    note = CreditNote.objects.get()
    for text in (note.code, "Choir", "€5.00", "Ann Zeller", "Refund"):
        assert text in html
    assert reverse("wagtail_payments_payment:inspect", args=[ann.pk]) in html


def test_without_permission_to_see_payers_there_are_no_names_and_pdfs(client, documents):
    client.force_login(staff("tess", "view_payment"))
    for name, row in ((RECEIPTS, documents[1].receipt), (NOTES, CreditNote.objects.get())):
        html = get_list(client, name)
        assert row.code in html
        assert "Ann" not in html
        assert "Hidden" in html
        pdf = reverse(f"{name}:pdf", args=[row.pk])
        assert pdf not in html
        assert client.get(pdf).status_code == 302
        # The search doesn't reveal it either.
        assert row.code not in get_list(client, name, q="Ann")


def test_a_treasurer_of_one_product_sees_only_its_receipts(client, documents):
    zoe, ann = documents
    user = staff("tess")
    for right in (PAYMENTS, PAYERS):
        product_grant(right=right, holder=user, product=ann.product)
    client.force_login(user)
    assert shown(get_list(client, RECEIPTS)) == {ann.receipt.code}
    assert shown(get_list(client, RECEIPTS, q="wirth")) == set()
    assert client.get(reverse(f"{RECEIPTS}:pdf", args=[zoe.receipt.pk])).status_code == 404
    assert client.get(reverse(f"{RECEIPTS}:pdf", args=[ann.receipt.pk])).status_code == 200


def test_a_single_payment_shows_only_its_documents(client, documents):
    _zoe, ann = documents
    user = staff("tess")
    payment_grant(holder=user, payment=ann)
    client.force_login(user)
    assert shown(get_list(client, RECEIPTS)) == {ann.receipt.code}
    assert CreditNote.objects.get().code in get_list(client, NOTES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TEST-ST-{year}-00001", {0}),
        ("st-{year}-0000", {0, 1}),
        ("ST-{year}-00002", {1}),
        ("zoe@example.org", {0}),
        ("ZOE wir", {0}),
        ("zeller", {1}),
        ("nobody", set()),
        ("\0", set()),
        ("%", set()),
    ],
)
def test_the_search(documents, text, found):
    user = make_user("root", is_superuser=True)
    query = text.format(year=timezone.localtime().year)
    rows = documents_search(Receipt.objects.all(), query, user)
    assert {row.pk for row in rows} == {documents[number].receipt.pk for number in found}


def test_days_are_in_the_sites_time_zone(documents, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    moment = datetime(2020, 12, 31, 11, 30, tzinfo=UTC)
    Receipt.objects.filter(pk=documents[0].receipt.pk).update(issued_at=moment)
    new_year = moment.astimezone(timezone.get_default_timezone()).date()
    assert (new_year.year, new_year.day) == (2021, 1)
    rows = documents_in_period(Receipt.objects.all(), new_year, new_year)
    assert rows.get() == documents[0].receipt


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"mode": "live"}, 0),
        ({"mode": "test"}, 2),
        ({"year": "{year}"}, 2),
        ({"issued_at_from": "2001-01-01", "issued_at_to": "2001-12-31"}, 0),
        ({"issued_at_from": "2001-01-01"}, 2),
        ({"issued_at_to": "9999-12-31"}, 2),
        ({"ordering": "issued_at"}, 2),
        # Invalid values.
        ({"year": "1999"}, 0),
        ({"issued_at_from": "yesterday"}, 0),
        ({"mode": "x"}, 0),
        ({"q": "x\0"}, 0),
    ],
)
def test_the_filters(client, documents, query, found):
    client.force_login(make_user("root", is_superuser=True))
    year = str(timezone.localtime().year)
    html = get_list(client, RECEIPTS, **{k: v.format(year=year) for k, v in query.items()})
    assert len(shown(html)) == found


def test_an_email_is_sent_again(client, documents, mailoutbox):
    client.force_login(staff("tess", "view_payment", "resend_delivery"))
    note = CreditNote.objects.get()
    for name, row in ((RECEIPTS, documents[0].receipt), (NOTES, note)):
        client.post(reverse(f"{name}:resend", args=[row.pk]))
    resent = Delivery.objects.filter(resends=1).values_list("payment", "kind")
    assert set(resent) == {
        (documents[0].pk, "receipt_email"),
        (documents[1].pk, "credit_note_email"),
    }


def test_the_number_of_queries_does_not_grow(client, documents, django_assert_max_num_queries):
    client.force_login(make_user("root", is_superuser=True))
    get_list(client, RECEIPTS)
    for _ in range(5):
        paid(email="max@example.org")
    with django_assert_max_num_queries(16):
        assert len(shown(get_list(client, RECEIPTS))) == 7


def test_the_lists_require_permission(client, documents):
    client.force_login(staff("rex", "view_delivery"))
    before = list(Payment.objects.values())
    for name in (RECEIPTS, NOTES):
        assert client.get(reverse(f"{name}:index")).status_code == 302
    assert list(Payment.objects.values()) == before


def test_long_lists_are_not_counted(client, documents, monkeypatch):
    """Longer lists can be paged from both ends."""
    client.force_login(make_user("root", is_superuser=True))
    monkeypatch.setattr(ReceiptDocumentPaginator, "max_count", 1)
    monkeypatch.setattr(ReceiptViewSet, "list_per_page", 1)
    monkeypatch.setattr(ReceiptIndexView, "paginate_by", 1)
    newest, oldest = documents[1].receipt.code, documents[0].receipt.code
    html = get_list(client, RECEIPTS)
    assert "Page 1" in html
    assert shown(html) <= {newest, oldest}
    assert oldest in get_list(client, RECEIPTS, p="last")
