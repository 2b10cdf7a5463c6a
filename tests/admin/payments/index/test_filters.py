"""The filters of the payments list."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from tests.admin.payments.index.helpers import INDEX, html, listed, make_payment, staff
from tests.support.tokens import make_staff
from wagtail_payments.models import (
    DailyRevenue,
)
from wagtail_payments.permissions import PAYMENTS, product_grant
from wagtail_payments.selectors.payments import filters
from wagtail_payments.services.revenue import days_mark_stale, revenue_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status": "pending"}, "pending"),
        ({"status": "unfinished"}, "pending,processing"),
        ({"status": "refunded"}, "wholly"),
        ({"status": "partly_refunded"}, "partly,on its way"),
        ({"status": ["refunded", "partly_refunded"]}, "wholly,partly,on its way"),
        ({"status": ["refunded", "failed"]}, "wholly,failed"),
        ({"amount_max": "0.99"}, "cheap"),
        ({"amount_min": "20", "amount_max": "20.00"}, "francs"),
        ({"amount_min": "1250"}, "yen"),
        ({"amount_min": "1250", "currency": "JPY"}, "yen"),
        ({"amount_min": "12.51", "currency": "EUR"}, ""),
        ({"currency": "CHF"}, "francs"),
        ({"method_type": "sepa_debit"}, "sepa"),
        ({"provider": "offline"}, "elsewhere"),
        ({"page_id": "7"}, "elsewhere"),
        ({"mode": "live"}, "live"),
        ({"to_review": "true"}, "odd"),
        ({"refunded": "any"}, "wholly,partly,on its way"),
        ({"refunded": "pending"}, "on its way"),
        ({"refunded": "failed"}, "refund failed"),
        ({"disputed": "any"}, "disputed,lost"),
        ({"disputed": "open"}, "disputed"),
        ({"disputed": "answer"}, "disputed"),
        ({"status": "succeeded", "currency": "CHF", "mode": "test"}, "francs"),
        ({"created_at_to": "2001-01-01"}, ""),
        ({"created_at_from": "9999-12-31"}, ""),
    ],
)
def test_each_filter(client, mixed, query, names):
    assert {each.payer_name for each in listed(client, **query)} == set(names.split(",")) - {""}


def test_the_earliest_and_latest_dates(client, mixed):
    query = {"created_at_from": "0001-01-01", "created_at_to": "9999-12-31"}
    assert len(listed(client, **query)) == len(mixed)


def test_the_filter_by_product(client, mixed):
    product = mixed["course"].product
    assert listed(client, product=product.pk) == [mixed["course"]]


@pytest.mark.parametrize(
    "query",
    [
        {"amount_min": "twelve"},
        {"amount_min": "1,234.50"},
        {"amount_min": "12.505", "currency": "EUR"},
        {"amount_min": "12.50", "currency": "JPY"},
        {"amount_min": "9" * 40},
        {"created_at_from": "yesterday"},
        {"currency": "XXX"},
        {"provider": "nobody"},
        {"page_id": "7 or 1=1"},
        {"product": "999999"},
        {"status": "gone"},
        {"mode": "\0"},
    ],
)
def test_invalid_filters_find_nothing(client, mixed, query):
    assert listed(client, **query) == []


def test_an_amount_with_a_comma(client, root):
    expensive, cheap = make_payment(amount=1250), make_payment(amount=1249)
    assert listed(client, amount_min="12,50") == [expensive]
    assert listed(client, amount_max="12,49") == [cheap]


@pytest.mark.parametrize("broad", [0, 20_000])
def test_the_count_matches_the_list(client, mixed, monkeypatch, broad):
    """SQLite lists many matches without the index, but counts them with it."""
    monkeypatch.setattr(filters, "_BROAD", broad)
    for query in ({"amount_min": "20"}, {"amount_max": "12.50", "mode": "test"}):
        response = client.get(reverse(INDEX), query)
        found = list(response.context["object_list"])
        assert found
        assert len(found) < len(mixed)
        assert response.context["paginator"].count == len(found)
    zoe = make_payment(payer_name="Zoë", amount=7700)
    make_payment(payer_name="Zoë", amount=100)
    response = client.get(reverse(INDEX), {"amount_min": "77", "q": "zoë"})
    assert list(response.context["object_list"]) == [zoe]
    assert response.context["paginator"].count == 1


def test_an_invalid_filter_shows_an_error(client, mixed):
    page = client.get(reverse("wagtail_payments_payment:index"), {"amount_min": "twelve"})
    assert "A filter is invalid, so no payments are shown" in page.content.decode()


def test_an_invalid_search_finds_nothing(client, mixed):
    for query in ({"q": "zoe\0"}, {"q": "\0"}, {"q": "zoe\0", "totals": "1"}):
        response = client.get(reverse(INDEX), query)
        assert list(response.context["object_list"]) == []
        assert response.context["paginator"].count == 0
    assert '<td colspan="8">No payments.</td>' in html(client, q="zoe\0", totals="1")
    assert len(listed(client, q=" ")) == len(mixed)


def test_the_filter_by_payment_date(client, root):
    paid = make_payment(paid_at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    make_payment(paid_at=datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert listed(client, paid_at_from="2026-03-02", paid_at_to="2026-03-02") == [paid]


def test_without_bulk_actions_there_are_no_checkboxes(client, mixed):
    client.force_login(make_staff("looker", "view_payment"))
    page = client.get(reverse("wagtail_payments_payment:index")).content.decode()
    assert "data-bulk-action-checkbox" not in page
    assert "bulk-actions.js" not in page


def test_days_are_in_the_sites_time_zone(client, root, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    profile = UserProfile.get_for_user(root)
    profile.current_time_zone = "Pacific/Honolulu"
    profile.save()
    late = make_payment(created_at=datetime(2025, 12, 31, 10, 59, tzinfo=UTC))
    new_year = make_payment(created_at=datetime(2025, 12, 31, 11, 0, tzinfo=UTC))
    assert listed(client, created_at_to="2025-12-31") == [late]
    assert listed(client, created_at_from="2026-01-01") == [new_year]


def test_choices_are_limited_to_visible_payments(client, mixed):
    course = mixed["course"].product
    user = staff("treasurer")
    product_grant(right=PAYMENTS, holder=user, product=course)
    client.force_login(user)
    form = client.get(reverse(INDEX)).context["filters"].form
    offered = [value for value, _ in form.fields["product"].choices if value]
    assert offered == [str(course.pk)]
    assert [value for value, _ in form.fields["page_id"].choices if value] == []
    assert [value for value, _ in form.fields["method_type"].choices if value] == []


def test_choices_survive_a_refresh_of_the_totals(client, root):
    payment = make_payment(method_type="eps", page_id=5, page_title="New")
    client.get(reverse(INDEX))
    days_mark_stale({timezone.localdate(payment.created_at)})
    revenue_refresh()
    form = client.get(reverse(INDEX)).context["filters"].form
    assert ("5", "New") in form.fields["page_id"].choices
    assert ("eps", "EPS") in form.fields["method_type"].choices
    assert DailyRevenue.objects.exists()
