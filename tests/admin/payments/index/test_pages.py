"""The pagination of the payments list."""

import pytest
from django.urls import reverse

from tests.admin.payments.index.helpers import INDEX, html
from wagtail_payments.admin.generic.paginator import LongPaginator
from wagtail_payments.models import (
    Payment,
)
from wagtail_payments.sandbox.seed import payments_seed

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def many(root, monkeypatch):
    monkeypatch.setattr(LongPaginator, "max_count", 120)
    payments_seed(payments=260, years=0.1, sums=False)
    return list(Payment.objects.order_by("-created_at", "-pk").values_list("pk", flat=True))


def page(client, **query):
    response = client.get(reverse(INDEX), query)
    assert response.status_code == 200
    return [row.pk for row in response.context["object_list"]], response.content.decode()


def test_short_lists_are_counted(client, root):
    payments_seed(payments=101, years=0.1, sums=False)
    rows, shown = page(client, p="3")
    assert len(rows) == 1
    assert "Page 3 of 3" in shown
    assert "101 payments" in shown
    for query in ("last", "-1", "99", "9" * 60):
        assert page(client, p=query)[0] == rows
    for query in ("0", "x", "", "-9"):
        assert len(page(client, p=query)[0]) == 50


def test_long_lists_are_not_counted(client, many):
    rows, shown = page(client)
    assert rows == many[:50]
    assert "More than 120 payments" in shown
    assert "Page 1 of" not in shown
    assert 'p=2"' in shown


@pytest.mark.parametrize(
    ("number", "start", "stop"),
    [
        ("2", 50, 100),
        ("5", 200, 250),
        ("6", 250, 260),
        ("last", 210, 260),
        ("-1", 210, 260),
        ("-2", 160, 210),
        ("-6", 0, 10),
        ("7", 210, 260),
        ("-7", 0, 50),
        ("9" * 30, 210, 260),
        ("nonsense", 0, 50),
        ("0", 0, 50),
    ],
)
def test_the_pages_of_a_long_list(client, many, number, start, stop):
    assert page(client, p=number)[0] == many[start:stop]


def test_a_long_list_can_be_paged_in_both_directions(client, many):
    for start, direction in ((1, "next"), ("last", "previous")):
        seen, number = set(), start
        while number:
            shown = client.get(reverse(INDEX), {"p": number}).context["page_obj"]
            seen |= {row.pk for row in shown.object_list}
            more = getattr(shown, f"has_{direction}")()
            number = getattr(shown, f"{direction}_page_number")() if more else None
        assert seen == set(many)


@pytest.mark.parametrize("ordering", ["created_at", "-created_at", "amount", "-amount"])
def test_sorting_is_stable(client, many, ordering):
    rows = Payment.objects.order_by(ordering, "-pk" if "-" in ordering else "pk")
    expected = list(rows.values_list("pk", flat=True))
    pages = [pk for number in range(1, 7) for pk in page(client, ordering=ordering, p=number)[0]]
    assert pages == expected


def test_more_than_ten_thousand_matches(client, many):
    shown = html(client, mode="test")
    assert "More than 120 matches" in shown


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"p": "last"},
        {"status": "refunded"},
        {"q": "a"},
        {"q": "2026"},
        {"q": "st-2026"},
        {"ordering": "amount"},
        {"created_at_from": "2020-01-01"},
        {"totals": "1"},
    ],
)
def test_the_number_of_queries_is_constant(client, root, query, django_assert_max_num_queries):
    payments_seed(payments=5, years=0.05, sums=False)
    counts = []
    for more in (0, 495):
        payments_seed(payments=more, years=0.05, sums=False)
        client.get(reverse(INDEX), query)
        with django_assert_max_num_queries(30) as queries:
            client.get(reverse(INDEX), query)
        counts.append(len(queries))
    assert counts[0] >= counts[1] - 2
    assert counts[1] <= 18
