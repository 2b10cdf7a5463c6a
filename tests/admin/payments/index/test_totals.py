"""The totals of the payments list, and the marks of test payments."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.payments.index.helpers import INDEX, html, make_payment, staff
from tests.support.factories import make_dispute
from wagtail_payments.enums import DisputeStatus
from wagtail_payments.models import (
    DailyRevenue,
    Payment,
)
from wagtail_payments.permissions import PAYMENTS, product_grant
from wagtail_payments.selectors.payments.totals import payments_totals
from wagtail_payments.services.revenue import days_mark_stale, revenue_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_sums_are_made_when_asked_for_and_only_then(client, mixed):
    assert client.get(reverse(INDEX)).context["totals"] is None
    assert "Add up" in html(client)
    totals = client.get(reverse(INDEX), {"totals": "1"}).context["totals"]
    assert [(line.mode, line.currency) for line in totals] == [
        ("live", "EUR"),
        ("test", "CHF"),
        ("test", "EUR"),
        ("test", "JPY"),
    ]
    test = totals[2]
    assert test.gross == sum(
        each.captured_amount for each in mixed.values() if each.currency == "EUR" and each.is_test
    )
    assert test.refunded == 1250 + 400 + 100
    assert "€12.50" in html(client, totals="1")


def test_sums_are_of_what_is_filtered_and_seen(client, mixed):
    (line,) = client.get(reverse(INDEX), {"totals": "1", "currency": "CHF"}).context["totals"]
    assert (line.payments, line.gross) == (1, 2000)
    user = staff("treasurer")
    product_grant(right=PAYMENTS, holder=user, product=mixed["course"].product)
    client.force_login(user)
    (line,) = client.get(reverse(INDEX), {"totals": "1"}).context["totals"]
    assert (line.payments, line.gross) == (1, 1250)
    assert '<td colspan="8">No payments.</td>' in html(client, totals="1", status="failed")


def test_a_fee_in_another_currency_is_never_taken_off():
    make_payment(fee=30)
    make_payment(fee=50, fee_currency="USD")
    euros, dollars = payments_totals(Payment.objects.all())
    assert (euros.currency, euros.gross, euros.fees, euros.net) == ("EUR", 2500, 30, 2470)
    assert (dollars.currency, dollars.gross, dollars.net) == ("USD", 0, -50)


def test_disputed_money_is_taken_off_where_it_is_ours_no_more():
    lost, won = make_payment(), make_payment()
    make_dispute(lost, DisputeStatus.LOST, currency="")
    make_dispute(lost, DisputeStatus.LOST, currency="USD", amount=70)
    make_dispute(won, DisputeStatus.WON)
    make_dispute(make_payment(), amount=100)
    euros, dollars = payments_totals(Payment.objects.all())
    assert (euros.gross, euros.disputed, euros.net) == (3750, 1350, 2400)
    assert (dollars.currency, dollars.disputed, dollars.net) == ("USD", 70, -70)
    assert [line.disputed for line in payments_totals(Payment.objects.filter(pk=won.pk))] == [0]


def test_money_is_said_to_be_mixed_when_it_is(client, mixed):
    words = "This list contains live and test payments"
    assert words in html(client)
    assert words not in html(client, mode="test")
    Payment.objects.filter(mode="live").update(mode="test")
    DailyRevenue.objects.filter(mode="live").delete()
    days_mark_stale({timezone.localdate(timezone.now() - timedelta(days=1))})
    revenue_refresh()
    assert words not in html(client)


def test_test_money_has_a_mark_in_every_row(client, mixed):
    rows = html(client).count('<span class="w-status">Test</span>')
    assert rows == len(mixed) - 1
