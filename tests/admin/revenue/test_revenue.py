"""The overview, and the revenue report in all breakdowns."""

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook
from wagtail.users.models import UserProfile

from tests.services.revenue.test_revenue import make_payment
from tests.support.factories import make_product, make_site, make_user, start
from wagtail_payments.enums import DisputeStatus, Mode
from wagtail_payments.models import DailyRevenue, Dispute, RevenueState, StaleDay
from wagtail_payments.permissions import PAYMENTS, product_grant
from wagtail_payments.services.revenue import days_mark_stale, payment_mark_stale, revenue_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]
OVERVIEW, REVENUE, BY_PRODUCT = (
    "wagtail_payments_overview:index",
    "wagtail_payments_revenue:index",
    "wagtail_payments_by_product:index",
)


@pytest.fixture(autouse=True)
def first_totals() -> None:
    """The first totals of a site are calculated before it has payments."""
    revenue_refresh()


@pytest.fixture
def admin(client: Any) -> Any:
    client.force_login(make_user("admin", is_superuser=True, is_staff=True))
    return client


def sold(moment: datetime, **fields: Any) -> Any:
    payment = make_payment(moment, **fields)
    payment_mark_stale(payment)
    return payment


def page(client: Any, name: str, **query: Any) -> str:
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def sign_in_treasurer(client: Any, product: Any) -> Any:
    """Sign in a user who can see only the payments of one product."""
    user = make_user("treasurer")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    product_grant(right=PAYMENTS, holder=user, product=product)
    client.force_login(user)
    return client


def test_overview_without_payments(admin: Any) -> None:
    text = page(admin, OVERVIEW)
    assert "No payments yet" in text
    assert "time zone Europe/Berlin" in text
    assert "Test payments" in text


def test_overview_compares_months(admin: Any) -> None:
    now = timezone.localtime()
    sold(now, amount=4000)
    sold(now.replace(day=1) - timedelta(days=2), amount=2000)
    text = page(admin, OVERVIEW)
    assert "€40.00" in text
    assert "€20.00" in text
    assert not StaleDay.objects.exists()


def test_overview_separates_currencies_and_modes(admin: Any) -> None:
    sold(timezone.now(), amount=4000)
    sold(timezone.now(), amount=500, currency="JPY")
    sold(timezone.now(), amount=70000, mode=Mode.LIVE)
    text = page(admin, OVERVIEW)
    assert 'id="heading-EUR"' in text
    assert 'id="heading-JPY"' in text
    assert "¥500" in text
    assert "€700.00" not in text
    live = page(admin, OVERVIEW, mode="live")
    assert "€700.00" in live
    assert "Test payments" not in live
    assert "JPY" not in live


def test_overview_lists_problems(admin: Any) -> None:
    payment = sold(timezone.now())
    Dispute.objects.create(
        payment=payment,
        provider="sandbox",
        mode=payment.mode,
        reference="dp_1",
        status=DisputeStatus.NEEDS_RESPONSE,
        amount=1250,
        currency="EUR",
        due_by=timezone.now() + timedelta(days=5),
    )
    payment.review_reason = "amount_mismatch"
    payment.save()
    text = page(admin, OVERVIEW)
    assert ": €12.50, Star night." in text
    assert "1 payment to review." in text


def test_success_rate(admin: Any) -> None:
    for paid in (True, True, True, False):
        sold(timezone.now(), paid=paid)
    assert "75%: 3 of 4 finished payments" in page(admin, OVERVIEW)


@pytest.mark.parametrize("name", [OVERVIEW, REVENUE, BY_PRODUCT])
def test_only_visible_products(client: Any, name: str) -> None:
    mine, other = make_product(name="Mine"), make_product(name="Other")
    for product, amount in ((mine, 4000), (other, 9000)):
        sold(timezone.now(), product_key=product.translation_key, title=product.name, amount=amount)
    payment = sold(timezone.now(), product_key=other.translation_key, review_reason="x")
    Dispute.objects.create(
        payment=payment,
        provider="sandbox",
        mode="test",
        reference="dp_2",
        status=DisputeStatus.NEEDS_RESPONSE,
        amount=1,
        currency="EUR",
    )
    text = page(sign_in_treasurer(client, mine), name)
    assert "€40.00" in text
    assert "€90.00" not in text
    assert "€130.00" not in text
    assert "Other" not in text
    assert "reviewed" not in text


def test_revenue_by_month_with_totals(admin: Any) -> None:
    year = timezone.localdate().year
    sold(datetime(year, 1, 15, 12, tzinfo=UTC), amount=1000, fee=30, tax_amount=160)
    sold(datetime(year, 1, 20, 12, tzinfo=UTC), amount=3000)
    sold(datetime(year, 2, 20, 12, tzinfo=UTC), amount=500)
    text = page(admin, REVENUE)
    assert f"January {year}" in text
    assert f"February {year}" in text
    for amount in ("€40.00", "€20.00", "€0.30", "€39.70", "€1.60", "€45.00", "€15.00"):
        assert amount in text


def test_dates_are_in_the_sites_time_zone(admin: Any) -> None:
    """Wagtail's admin activates each user's own time zone."""
    user = make_user("kiwi", is_superuser=True, is_staff=True)
    UserProfile.objects.create(user=user, current_time_zone="Pacific/Auckland")
    admin.force_login(user)
    with override_settings(TIME_ZONE="Pacific/Honolulu"):
        # Still New Year's Eve in Honolulu, and long after it in Auckland.
        sold(datetime(2024, 1, 1, 9, 59, tzinfo=UTC), amount=111)
        sold(datetime(2024, 1, 1, 10, 0, tzinfo=UTC), amount=222)
        query = {"unit": "day", "period": "custom"}
        eve = page(admin, REVENUE, first="2023-12-31", last="2023-12-31", **query)
        new = page(admin, REVENUE, first="2024-01-01", last="2024-01-01", **query)
    assert "€1.11" in eve
    assert "€2.22" not in eve
    assert "€2.22" in new
    assert "€1.11" not in new
    assert "Pacific/Honolulu" in eve


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"first": "2024-05-02", "last": "2024-05-01"},
            "The end of the period is before its start.",
        ),
        ({"first": "0001-01-01"}, "Enter a date between 1990 and 2199."),
        ({"last": "9999-12-31"}, "Enter a date between 1990 and 2199."),
        ({"first": "yesterday"}, "Enter a valid date."),
        ({"period": "sometime"}, "Select a valid choice."),
        ({"unit": "decade"}, "Select a valid choice."),
        ({"mode": "fake"}, "Select a valid choice."),
    ],
)
def test_invalid_input_is_reported_and_kept(
    admin: Any, query: dict[str, str], message: str
) -> None:
    sold(timezone.now())
    text = page(admin, REVENUE, **query)
    assert message in text
    for value in query.values():
        if "-" in value:
            assert value in text


@pytest.mark.parametrize("unit", ["day", "week", "month", "year", "total"])
@pytest.mark.parametrize("split", ["none", "product", "page", "method"])
def test_every_breakdown_has_the_same_total(admin: Any, unit: str, split: str) -> None:
    for number in range(6):
        sold(
            timezone.now() - timedelta(days=40 * number),
            amount=100 + number,
            product_key=uuid4(),
            title=f"Product {number}",
            page_id=number or None,
            page_title=f"Page {number}" if number else "",
            method_type="card" if number % 2 else "sepa_debit",
        )
    response = admin.get(
        reverse(REVENUE), {"period": "all", "unit": unit, "split": split, "export": "csv"}
    )
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode())))
    assert sum(float(row["Gross"]) for row in rows) == pytest.approx(6.15)
    assert sum(int(row["Payments"]) for row in rows) == 6
    assert len(rows) == len({(row["Start (Europe/Berlin)"], row["Name"]) for row in rows})


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize(("report", "name"), [(REVENUE, "revenue"), (BY_PRODUCT, "by-product")])
def test_files_use_the_users_language_and_mark_test_mode(
    admin: Any, file_format: str, report: str, name: str
) -> None:
    sold(timezone.now())
    profile = UserProfile.get_for_user(get_user_model().objects.get())
    profile.preferred_language = "de"
    profile.save()
    days = {"period": "custom", "first": "2026-01-01", "last": "2026-12-31"}
    for mode, prefix in (("live", ""), ("test", "test-")):
        query = {**days, "mode": mode, "export": file_format}
        response = admin.get(reverse(report), query)
        file_name = f"{name}-{prefix}2026-01-01-2026-12-31.{file_format}"
        assert file_name in response["Content-Disposition"]
        with override("en"):
            content = b"".join(response)
        headings = (
            content.decode().splitlines()[0].split(",")
            if file_format == "csv"
            else [cell.value for cell in load_workbook(io.BytesIO(content)).active[1]]
        )
        assert headings[:4] == ["Beginn (Europe/Berlin)", "Name", "Währung", "Zahlungen"]


def test_hostile_titles_are_escaped(admin: Any) -> None:
    for title in ('=HYPERLINK("http://x.example")', "<script>alert(1)</script>", "\u202eevil"):
        sold(timezone.now(), product_key=uuid4(), title=title)
    html = admin.get(reverse(BY_PRODUCT)).content.decode()
    assert "<script>alert" not in html
    response = admin.get(reverse(BY_PRODUCT), {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(response))).active
    titles = [row[1].value for row in sheet.iter_rows(min_row=2)]
    assert '\'=HYPERLINK("http://x.example")' in titles


def test_the_number_of_queries_is_constant(admin: Any, django_assert_max_num_queries: Any) -> None:
    counts = []
    for number in (2, 30):
        for _ in range(number):
            sold(timezone.now() - timedelta(days=number), product_key=uuid4(), title="More")
        page(admin, OVERVIEW)
        for name in (OVERVIEW, REVENUE, BY_PRODUCT):
            with django_assert_max_num_queries(40) as captured:
                page(admin, name)
            counts.append(len(captured))
    assert counts[:3] == counts[3:]


def test_the_menu_links_to_all_reports(admin: Any) -> None:
    text = page(admin, OVERVIEW)
    for name in (OVERVIEW, REVENUE, BY_PRODUCT):
        assert reverse(name) in text


def test_viewing_a_report_changes_no_payment(admin: Any) -> None:
    payment = sold(timezone.now())
    page(admin, OVERVIEW)
    assert DailyRevenue.objects.count() == 1
    payment.refresh_from_db()
    assert payment.version == 1


def test_a_report_shows_that_totals_are_still_being_calculated(admin: Any) -> None:
    sold(timezone.now(), amount=4000)
    days_mark_stale(timezone.localdate() - timedelta(days=number) for number in range(40))
    text = page(admin, OVERVIEW)
    assert "The totals of 9 days are still being calculated" in text
    assert "€40.00" in text
    assert "being calculated" not in page(admin, OVERVIEW)


def home(client: Any) -> str:
    return unescape(client.get(reverse("wagtailadmin_home")).content.decode())


def test_wagtails_home_shows_counts_and_warnings(admin: Any) -> None:
    sold(timezone.now())
    sold(timezone.now(), review_reason="amount_mismatch")
    revenue_refresh()
    text = home(admin)
    assert "2 payments this month" in text
    assert "1 payment to review." in text
    assert reverse(OVERVIEW) in text


def test_wagtails_home_shows_nothing_without_permission(client: Any) -> None:
    mine, other = make_product(name="Mine"), make_product(name="Other")
    sold(timezone.now(), product_key=other.translation_key, review_reason="amount_mismatch")
    revenue_refresh()
    text = home(sign_in_treasurer(client, mine))
    assert "0 payments this month" in text
    assert "reviewed" not in text
    editor = make_user("editor")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(editor)
    text = home(client)
    assert "payments this month" not in text
    assert reverse("wagtail_payments_payment:index") not in text


def test_wagtails_search_links_to_payments(admin: Any) -> None:
    search = admin.get(reverse("wagtailadmin_pages:search"), {"q": "zoe"}).content.decode()
    assert f"{reverse('wagtail_payments_payment:index')}?q=zoe" in search


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"first": "2024-05-02"}, "May 2, 2024"),
        ({"period": "this_year", "first": "2024-05-02"}, "May 2, 2024"),
        (
            {"period": "last_month", "previous_period": "last_month", "first": "2024-05-02"},
            "May 2, 2024",
        ),
        ({"period": "this_year", "previous_period": "custom", "first": "2024-05-02"}, None),
    ],
)
def test_entered_dates_override_the_named_period(
    admin: Any, query: dict[str, str], first: str | None
) -> None:
    sold(datetime(2024, 5, 3, tzinfo=UTC))
    text = page(admin, REVENUE, **query)
    assert (f"{first} to" in text) == (first is not None)
    assert ("€12.50" in text) == (first is not None)


def test_an_invalid_form_shows_no_amounts(admin: Any) -> None:
    sold(timezone.now())
    text = page(admin, REVENUE, first="2024-05-02", last="2024-05-01")
    assert "€12.50" not in text
    assert "2024-05-02" in text


def test_unpaid_offline_orders_are_listed(admin: Any) -> None:
    make_site()
    start(make_product(), provider="offline", ui="hosted")
    text = page(admin, OVERVIEW)
    assert "1 order is waiting for its payment." in text
    assert "provider=offline" in text
    assert "is waiting for its payment" not in page(admin, OVERVIEW, mode="live")


def test_a_month_with_less_revenue(admin: Any) -> None:
    now = timezone.localtime()
    sold(now, amount=1000)
    before = (now.replace(day=1) - timedelta(days=1)).replace(day=1)
    sold(before, amount=4000)
    assert "This month is 75% lower" in page(admin, OVERVIEW)


def test_cached_totals_are_not_reused_after_a_rollback(admin: Any) -> None:
    """Totals that were cached in a transaction that was rolled back are never used."""
    versions = set()
    for _ in range(3):
        sold(timezone.now())
        with suppress(ZeroDivisionError), transaction.atomic():
            revenue_refresh()
            versions.add(RevenueState.objects.get(pk=1).version)
            raise ZeroDivisionError
    assert len(versions) == 3
