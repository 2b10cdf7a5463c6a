"""Open disputes, most urgent first, and the refunds of a period with their totals."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.services.revenue.test_revenue import make_payment
from tests.support.factories import make_dispute, make_product, make_site, make_user
from tests.support.tokens import make_staff
from wagtail_payments.enums import CreditNoteKind, DisputeStatus, Mode, RefundStatus
from wagtail_payments.models import CreditNote, ReceiptSeries, Refund
from wagtail_payments.permissions import PAYERS, PAYMENTS, product_grant
from wagtail_payments.services.revenue import revenue_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]

URL = "wagtail_payments_refunds:index"
NOON = datetime(2026, 7, 1, 10, tzinfo=UTC)
YEAR = {"period": "custom", "first": "2026-01-01", "last": "2026-12-31", "mode": "live"}


@pytest.fixture
def admin(client):
    make_site()
    revenue_refresh()
    client.force_login(make_user("root", is_superuser=True))
    return client


def bought(title="Star night", **fields):
    return make_payment(NOON, mode=Mode.LIVE, title=title, **fields)


def refund(payment, amount, moment=NOON, **fields):
    defaults = {
        "status": RefundStatus.SUCCEEDED,
        "mode": payment.mode,
        "created_at": moment,
        **fields,
    }
    return Refund.objects.create(
        payment=payment, provider=payment.provider, amount=amount, **defaults
    )


def dispute(payment, due=None, status=DisputeStatus.NEEDS_RESPONSE, **fields):
    due_by = due and NOON + timedelta(days=due)
    return make_dispute(payment, status, due_by=due_by, **fields)


def shown(client, **query):
    response = client.get(reverse(URL), {**YEAR, **query})
    assert response.status_code == 200
    return response, unescape(response.content.decode())


def test_the_most_urgent_disputes_are_first(admin, settings):
    dispute(bought("Whenever"))
    dispute(bought("Later"), due=9, reason="odd_reason")
    dispute(bought("Soon"), due=2, reason="product_not_received")
    dispute(bought("At the bank"), status=DisputeStatus.UNDER_REVIEW)
    dispute(bought("Lost"), due=1, status=DisputeStatus.LOST)
    dispute(make_payment(NOON, title="Test"), due=1)
    response, html = shown(admin)
    titles = [row["title"] for row in response.context["disputes"]]
    assert titles == ["Soon", "Later", "Whenever", "At the bank"]
    assert "Not received" in html
    assert "Odd reason" in html
    assert [row["title"] for row in shown(admin, mode="test")[0].context["disputes"]] == ["Test"]


def test_the_link_to_respond_to_a_dispute(admin, settings):
    payment = bought(provider="stripe", payment_reference="pi_1")
    conf = settings.WAGTAIL_PAYMENTS
    keys = {"secret_key": "sk_live_x", "publishable_key": "pk_live_x"}
    stripe = {
        "CLASS": "wagtail_payments.providers.stripe.provider.StripeProvider",
        "OPTIONS": {**keys, "webhook_secrets": ["whsec_x"]},
    }
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {**conf["PROVIDERS"], "stripe": stripe}}
    dispute(payment, due=1)
    _, html = shown(admin)
    assert 'href="https://dashboard.stripe.com/payments/pi_1"' in html


def test_the_refunds_of_a_period_and_their_totals(admin):
    root = make_user("ada", is_superuser=True)
    payment = bought(amount=5000)
    succeeded = refund(payment, 1000, actor=root, reason="duplicate", note="Sorry")
    refund(payment, 200, status=RefundStatus.PENDING)
    refund(payment, 300, status=RefundStatus.FAILED, failure_reason="lost_or_stolen_card")
    refund(bought(currency="JPY", amount=700), 700)
    refund(payment, 999, NOON - timedelta(days=365))
    refund(make_payment(NOON), 998)
    series = ReceiptSeries.objects.create(year=2026, mode=Mode.LIVE, kind="refund")
    fields = {
        "refund": succeeded,
        "payment": payment,
        "series": series,
        "language": "en",
        "data": {},
    }
    for number, kind in enumerate(CreditNoteKind.values, start=1):
        CreditNote.objects.create(
            **fields, kind=kind, turn=number, number=number, code=f"2026R-{number}", issued_at=NOON
        )
    response, html = shown(admin)
    assert [row.amount for row in response.context["object_list"]] == [700, 300, 200, 1000]
    assert response.context["totals"] == [(2, "€12.00"), (1, "¥700")]
    for text in ("ada", "Paid twice: Sorry", "2026R-1", "At the provider", "Lost or stolen card"):
        assert text in html
    assert "2026R-2" not in html
    assert reverse("wagtail_payments_payment:inspect", args=[payment.pk]) in html


def test_the_year_starts_in_the_sites_time_zone(admin, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    payment = bought()
    refund(payment, 100, datetime(2025, 12, 31, 10, 59, tzinfo=UTC))
    refund(payment, 200, datetime(2025, 12, 31, 11, 0, tzinfo=UTC))
    assert [row.amount for row in shown(admin)[0].context["object_list"]] == [200]


def test_only_visible_payments(client):
    make_site()
    mine, other = make_product(name="Mine"), make_product(name="Other")
    for product in (mine, other):
        payment = bought(product.name, product_key=product.translation_key)
        refund(payment, 100)
        dispute(payment, due=1)
    kim = make_staff("kim")
    client.force_login(kim)
    assert client.get(reverse(URL)).status_code in (302, 403)
    product_grant(right=PAYMENTS, holder=kim, product=mine)
    response, html = shown(client)
    assert len(response.context["object_list"]) == len(response.context["disputes"]) == 1
    assert response.context["disputes_count"] == 1
    assert response.context["totals"] == [(1, "€1.00")]
    assert "Other" not in html


def test_notes_require_permission_to_see_payers(client):
    make_site()
    product = make_product()
    payment = bought(product_key=product.translation_key)
    refund(payment, 100, reason="duplicate", note="Zoë asked for it")
    kim = make_staff("kim")
    client.force_login(kim)
    product_grant(right=PAYMENTS, holder=kim, product=product)
    _, html = shown(client)
    assert "Paid twice" in html
    assert "Zoë" not in html
    product_grant(right=PAYERS, holder=kim, product=product)
    assert "Paid twice: Zoë asked for it" in shown(client)[1]


def test_there_is_no_export(admin):
    assert admin.get(reverse(URL), {"export": "csv"}).status_code == 404
    assert "Download" not in shown(admin)[1]


def test_an_empty_report_shows_messages(admin):
    _, html = shown(admin)
    assert "No open disputes." in html
    assert "No refunds in this period." in html


def test_the_number_of_queries_is_constant(admin):
    def queries():
        with CaptureQueriesContext(connection) as found:
            shown(admin)
        return len(found)

    queries()
    payment = bought(amount=90000)
    refund(payment, 100)
    dispute(payment)
    before = queries()
    for number in range(20):
        refund(payment, 100 + number)
        dispute(bought(f"Product {number}"))
    assert queries() == before


def test_all_years_includes_the_first_payment(admin):
    refund(bought(), 500)
    _, text = shown(admin, period="all", first="", last="")
    assert "Until " in text
    assert "1990" not in text
    assert "€5.00" in text
    _, text = shown(admin)
    assert "Jan. 1, 2026 to Dec. 31, 2026" in text
