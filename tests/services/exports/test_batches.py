"""Long lists are read in pieces: each row once, in order."""

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
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        make_payment(begin + timedelta(days=days), amount=amount)
        for days, amount in ((0, 3), (1, 1), (1, 1), (1, 2), (2, 9), (2, 2), (5, 1))
    ]


@pytest.mark.parametrize("by", ["created_at", "-created_at", "amount", "-amount"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_every_row_once_in_order(payments, by, size):
    sign = "-" if by.startswith("-") else ""
    expected = list(Payment.objects.order_by(by, f"{sign}pk").values_list("title", "pk"))
    assert (
        list(rows_in_batches(Payment.objects.all(), ["title", "pk"], by=by, size=size)) == expected
    )


def test_a_short_last_piece_ends_it(payments):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(list(rows_in_batches(Payment.objects.all(), ["pk"], by="amount", size=3))) == 7
    assert len(queries) == 3


def test_the_first_rows_come_before_the_last_are_read(payments):
    walk = rows_in_batches(Payment.objects.all(), ["pk"], by="created_at", size=2)
    with CaptureQueriesContext(connection) as queries:
        next(walk)
    assert len(queries) == 1


def test_what_comes_meanwhile_spoils_nothing(payments):
    walk = rows_in_batches(Payment.objects.all(), ["pk"], by="-created_at", size=2)
    seen = [next(walk)]
    make_payment(datetime(2026, 2, 1, tzinfo=UTC))
    seen += walk
    assert [pk for (pk,) in seen] == [payment.pk for payment in sorted(payments, key=_place)]


def _place(payment):
    return -payment.created_at.timestamp(), -payment.pk
