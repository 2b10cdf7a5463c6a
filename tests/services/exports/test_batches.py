"""Long lists are read in batches: each row once and in order."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.services.revenue.test_revenue import make_payment
from wagtail_payments.models import Payment
from wagtail_payments.services.exports.batches import rows_in_batches

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def payments():
    """Seven payments, some of them at the same moment and of the same amount."""
    first_day = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        make_payment(first_day + timedelta(days=days), amount=amount)
        for days, amount in ((0, 3), (1, 1), (1, 1), (1, 2), (2, 9), (2, 2), (5, 1))
    ]


@pytest.mark.parametrize("by", ["created_at", "-created_at", "amount", "-amount"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_each_row_once_and_in_order(payments, by, size):
    sign = "-" if by.startswith("-") else ""
    expected = list(Payment.objects.order_by(by, f"{sign}pk").values_list("title", "pk"))
    assert (
        list(rows_in_batches(Payment.objects.all(), ["title", "pk"], by=by, size=size)) == expected
    )


def test_no_query_after_a_short_batch(payments):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(list(rows_in_batches(Payment.objects.all(), ["pk"], by="amount", size=3))) == 7
    assert len(queries) == 3


def test_rows_are_read_lazily(payments):
    rows = rows_in_batches(Payment.objects.all(), ["pk"], by="created_at", size=2)
    with CaptureQueriesContext(connection) as queries:
        next(rows)
    assert len(queries) == 1


def test_rows_added_while_reading_are_left_out(payments):
    rows = rows_in_batches(Payment.objects.all(), ["pk"], by="-created_at", size=2)
    seen = [next(rows)]
    make_payment(datetime(2026, 2, 1, tzinfo=UTC))
    seen += rows
    assert [pk for (pk,) in seen] == [payment.pk for payment in sorted(payments, key=_sort_key)]


def _sort_key(payment):
    return -payment.created_at.timestamp(), -payment.pk
