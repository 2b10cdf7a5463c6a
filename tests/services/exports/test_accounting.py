"""The accounting export: one line per ledger entry, in order, adding up to the revenue report."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.test import override_settings
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.resilience.sizes import EXAMPLES
from tests.services.revenue.test_revenue import (
    ZONES,
    create_payments,
    histories,
    make_payment,
    make_refund,
)
from tests.support.factories import make_dispute, make_product, make_site, make_user
from tests.support.spreadsheets import as_csv, as_xlsx, body, csv_rows
from tests.support.tokens import make_staff
from wagtail_payments import tasks
from wagtail_payments.admin.exports import responses as export_responses
from wagtail_payments.admin.revenue.accounting import accounting_export_table
from wagtail_payments.enums import CreditNoteKind, DisputeStatus, Mode, PayoutStatus
from wagtail_payments.models import (
    CreditNote,
    DailyRevenue,
    Dispute,
    Export,
    Payment,
    PaymentsLogEntry,
    Payout,
    Receipt,
    ReceiptSeries,
    Refund,
    RefundMovement,
    RevenueState,
    StaleDay,
)
from wagtail_payments.permissions import EXPORT, PAYMENTS, product_grant
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.services.exports.accounting import accounting_table
from wagtail_payments.services.exports.ledger import movements, movements_count
from wagtail_payments.services.revenue import revenue_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]

URL = "wagtail_payments_accounting:index"
LONG = Period(date(2023, 1, 1), date(2027, 12, 31), Mode.LIVE)
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def superuser():
    user = get_user_model().objects.filter(username="boss").first()
    return user or make_user("boss", is_superuser=True)


def live_payment(moment=MORNING, **fields):
    return make_payment(moment, mode=Mode.LIVE, **fields)


def refund_of(payment, amount, days=1, failed_days=None):
    moments = [payment.paid_at + timedelta(days=after) for after in (days, failed_days) if after]
    moves = [(amount, moment) for moment in moments]
    return make_refund(payment, moves, reference=f"re_{amount}_{payment.pk}", amount=amount)


def dispute_of(payment, status, closed=None, **fields):
    return make_dispute(
        payment,
        status,
        created_at=payment.paid_at + timedelta(days=3),
        closed_at=closed and payment.paid_at + timedelta(days=closed),
        **fields,
    )


def payout(amount, moment=MORNING, **fields):
    defaults = {
        "provider": "stripe",
        "mode": Mode.LIVE,
        "reference": f"po_{amount}",
        "status": "paid",
    }
    return Payout.objects.create(
        amount=amount,
        currency="EUR",
        created_at=moment,
        arrives_on=moment.date(),
        **{**defaults, **fields},
    )


def lines(period=LONG, user=None):
    return list(movements(user or superuser(), period))


def test_all_types_of_entries():
    first = live_payment(
        amount=1190, tax_amount=190, fee=40, payment_reference="pi_1", method_type="card"
    )
    refund_of(first, 595, days=1, failed_days=5)
    lost, won, inquired = (
        live_payment(MORNING + timedelta(seconds=n), amount=500 + 200 * n) for n in range(3)
    )
    dispute_of(lost, DisputeStatus.LOST, closed=9)
    dispute_of(won, DisputeStatus.WON, closed=9)
    dispute_of(inquired, DisputeStatus.CLOSED, closed=10)
    payout(2000, MORNING + timedelta(days=6))
    payout(300, MORNING + timedelta(days=6), status=PayoutStatus.FAILED)
    live_payment(amount=99, paid=False)
    entries = [(line.kind, line.amount) for line in lines()]
    assert entries == [
        ("payment", 1190),
        ("fee", -40),
        ("payment", 500),
        ("payment", 700),
        ("payment", 900),
        ("refund", -595),
        ("dispute", -500),
        ("dispute", -700),
        ("dispute", -900),
        ("refund_back", 595),
        ("payout", -2000),
        ("dispute_back", 700),
        ("dispute_back", 900),
    ]
    assert movements_count(superuser(), LONG) == len(entries)
    table = accounting_table(user=superuser(), period=LONG)
    rows = as_csv(table)
    assert table.count() == len(rows)
    assert rows[0] == {
        "Date (Europe/Berlin)": "2026-03-02 10:00:00+01:00",
        "Type": "Payment",
        "Amount": "11.90",
        "Currency": "EUR",
        "Included tax": "1.90",
        "Document": "",
        "Transaction": str(first.public_id),
        "Provider": "sandbox",
        "Provider reference": "pi_1",
        "Product": "Star night",
        "Method": "Card",
        "Mode": "Live",
    }
    assert [(row["Type"], row["Amount"], row["Included tax"]) for row in rows[5:7]] == [
        ("Refund", "-5.95", "-0.95"),
        ("Dispute", "-5.00", ""),
    ]
    payout_row = rows[10]
    assert (payout_row["Provider"], payout_row["Transaction"], payout_row["Method"]) == (
        "stripe",
        "",
        "",
    )
    amounts = [row["Amount"] for row in as_xlsx(table)]
    assert amounts == [float(row["Amount"]) for row in rows]


def test_entries_have_the_documents_number_and_tax():
    payment = live_payment(amount=1000, tax_amount=160)
    series = ReceiptSeries.objects.create(year=2026, mode=Mode.LIVE)
    fields = {"payment": payment, "series": series, "language": "en", "issued_at": MORNING}
    Receipt.objects.create(**fields, number=1, code="2026-1", data={})
    refund = refund_of(payment, 333, failed_days=4)
    for number, kind in enumerate(CreditNoteKind.values, start=1):
        CreditNote.objects.create(
            **fields,
            refund=refund,
            kind=kind,
            number=number,
            turn=number,
            code=f"2026R-{number}",
            data={"tax_amount": 54},
        )
    entries = [(line.kind, line.document, line.tax) for line in lines()]
    assert entries == [
        ("payment", "2026-1", 160),
        ("refund", "2026R-1", -54),
        ("refund_back", "2026R-2", 54),
    ]


def test_mode_defaults_to_the_mode_of_the_provider(client):
    live_payment(amount=100)
    make_payment(MORNING, amount=200)
    client.force_login(superuser())
    query = {"period": "custom", "first": "2026-01-01", "last": "2026-12-31", "export": "csv"}
    for mode, amount in ((None, "2.00"), ("live", "1.00"), ("test", "2.00")):
        params = {**query, "mode": mode} if mode else query
        response = client.get(reverse(URL), params)
        (row,) = csv_rows(body(response))
        assert row["Amount"] == amount
        assert ("test" in response["Content-Disposition"]) == (mode != "live")


KINDS = {"gross": ["payment"], "fees": ["fee"], "refunded": ["refund", "refund_back"],
         "disputed": ["dispute", "dispute_back"]}  # fmt: skip


@hypothesis_settings(max_examples=EXAMPLES)
@given(histories(), st.sampled_from(ZONES), st.sampled_from(list(Mode)))
def test_entries_are_unique_and_match_the_report(history, zone, mode):
    for model in (RefundMovement, Refund, Dispute, Payment, DailyRevenue, StaleDay, RevenueState):
        model.objects.all().delete()
    superuser()
    with override_settings(TIME_ZONE=zone):
        RevenueState.objects.create(pk=1, time_zone=zone)
        create_payments(history)
        revenue_refresh()
        entries = lines(Period(date(2023, 1, 1), date(2025, 12, 31), mode))
        assert len({line[:4] for line in entries}) == len(entries)
        assert [line.moment for line in entries] == sorted(line.moment for line in entries)
        for currency in ("EUR", "JPY", "USD"):
            rows = DailyRevenue.objects.filter(mode=mode, currency=currency)
            for name, kinds in KINDS.items():
                sign = 1 if name == "gross" else -1
                total = sum(
                    line.amount
                    for line in entries
                    if line.kind in kinds and line.currency == currency
                )
                assert sign * total == sum(getattr(row, name) for row in rows)
        cuts = [
            date(2023, 1, 1),
            date(2024, 1, 1),
            date(2024, 3, 1),
            date(2024, 4, 7),
            date(2026, 1, 1),
        ]
        tiles = [
            line
            for first, after in pairwise(cuts)
            for line in lines(Period(first, after - timedelta(days=1), mode))
        ]
        assert tiles == entries


@pytest.mark.parametrize(
    ("zone", "moment", "year"),
    [
        ("Pacific/Auckland", datetime(2025, 12, 31, 10, 59, 59), 2025),
        ("Pacific/Auckland", datetime(2025, 12, 31, 11, 0), 2026),
        ("Pacific/Honolulu", datetime(2026, 1, 1, 9, 59, 59), 2025),
        ("Pacific/Honolulu", datetime(2026, 1, 1, 10, 0), 2026),
    ],
)
def test_year_starts_in_the_site_time_zone(settings, zone, moment, year):
    settings.TIME_ZONE = zone
    live_payment(moment.replace(tzinfo=UTC))
    for period_year in (2025, 2026):
        entries = lines(Period(date(period_year, 1, 1), date(period_year, 12, 31), Mode.LIVE))
        assert bool(entries) == (period_year == year)


def test_only_payments_that_the_user_may_export():
    mine, other = make_product(name="Mine"), make_product(name="Other")
    for product in (mine, other):
        payment = live_payment(product_key=product.translation_key, title=product.name, fee=3)
        refund_of(payment, 100)
        dispute_of(payment, DisputeStatus.NEEDS_RESPONSE)
    payout(700)
    kim = make_staff("kim")
    for right in (PAYMENTS, EXPORT):
        product_grant(right=right, holder=kim, product=mine)
    entries = lines(user=kim)
    assert [line.kind for line in entries] == ["payment", "fee", "refund", "dispute"]
    assert {line.product for line in entries} == {"Mine"}
    assert movements_count(kim, LONG) == 4
    # Payouts cover all products: viewing everything but exporting one product is not enough.
    kim.user_permissions.add(Permission.objects.get(codename="view_payment"))
    kim = type(kim).objects.get(pk=kim.pk)
    assert {line.product for line in lines(user=kim)} == {"Mine"}
    assert Counter(line.kind for line in lines())["payout"] == 1


def test_export_requires_permission(client):
    make_site()
    kim = make_staff("kim", "view_payment")
    client.force_login(kim)
    assert client.get(reverse(URL), {"export": "csv"}).status_code in (302, 403)
    assert not PaymentsLogEntry.objects.exists()
    with pytest.raises(PermissionDenied):
        accounting_export_table(kim, "")


def test_form_defaults_and_errors(client):
    client.force_login(superuser())
    page = client.get(reverse(URL)).content.decode()
    assert "Europe/Berlin" in page
    assert 'value="last_month" selected' in page
    assert 'value="test" selected' in page
    wrong = {"period": "custom", "first": "2026-02-01", "last": "2026-01-01", "export": "csv"}
    response = client.get(reverse(URL), wrong)
    assert not response.streaming
    assert "before its start" in response.content.decode()
    assert not PaymentsLogEntry.objects.exists()


def test_queued_export_keeps_its_period(client, monkeypatch):
    """The last month may have changed by the time the task runs."""
    monkeypatch.setattr(export_responses, "MAX_IMMEDIATE_ROWS", 0)
    live_payment(amount=100)
    client.force_login(superuser())
    query = {"period": "custom", "first": "2026-03-02", "last": "2026-03-02", "export": "xlsx"}
    query["mode"] = "live"
    client.get(reverse(URL), query)
    export = Export.objects.get()
    assert "last_month" not in export.query
    tasks.make_export.call_local(export.pk)
    export.refresh_from_db()
    assert (export.state, export.rows_done) == ("ready", 1)
    assert export.filename.startswith("accounting-2026-03-02-2026-03-02.")
    entry = PaymentsLogEntry.objects.get()
    assert (entry.data["kind"], entry.data["filter"]) == (
        "accounting",
        "2026-03-02 – 2026-03-02 live",
    )
    monkeypatch.setattr("wagtail_payments.utils.dates.timezone.now", lambda: MORNING)
    february, march = ({"mode": "live", "period": name} for name in ("last_month", "this_month"))
    name = accounting_export_table(superuser(), urlencode(february)).name
    assert name == "accounting-2026-02-01-2026-02-28"
    assert accounting_export_table(superuser(), urlencode(march)).name.endswith("2026-03-31")


def test_export_is_logged(client):
    client.force_login(superuser())
    live_payment(amount=100)
    query = {"period": "custom", "first": "2026-03-01", "last": "2026-03-31", "export": "csv"}
    query["mode"] = "live"
    body(client.get(reverse(URL), query))
    page = client.get(reverse("wagtailadmin_reports:site_history")).content.decode()
    assert "Accounting: one line per ledger entry, 1 row" in page


def test_empty_period_shows_a_message(client):
    client.force_login(superuser())
    query = {"period": "custom", "first": "2026-03-01", "last": "2026-03-31", "export": "csv"}
    response = client.get(reverse(URL), query)
    assert not response.streaming
    assert "No transactions in this period." in response.content.decode()
    assert not PaymentsLogEntry.objects.exists()
