"""The totals of the payments list, and the labels of test payments."""

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


def test_totals_are_calculated_on_request_only(client, mixed):
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


def test_totals_follow_filters_and_permissions(client, mixed):
    (line,) = client.get(reverse(INDEX), {"totals": "1", "currency": "CHF"}).context["totals"]
    assert (line.payments, line.gross) == (1, 2000)
    user = staff("treasurer")
    product_grant(right=PAYMENTS, holder=user, product=mixed["course"].product)
    client.force_login(user)
    (line,) = client.get(reverse(INDEX), {"totals": "1"}).context["totals"]
    assert (line.payments, line.gross) == (1, 1250)
    assert '<td colspan="8">No payments.</td>' in html(client, totals="1", status="failed")


def test_a_fee_in_another_currency_is_not_subtracted():
    make_payment(fee=30)
    make_payment(fee=50, fee_currency="USD")
    euros, dollars = payments_totals(Payment.objects.all())
    assert (euros.currency, euros.gross, euros.fees, euros.net) == ("EUR", 2500, 30, 2470)
    assert (dollars.currency, dollars.gross, dollars.net) == ("USD", 0, -50)


def test_lost_and_open_disputes_are_subtracted():
    lost, won = make_payment(), make_payment()
    make_dispute(lost, DisputeStatus.LOST, currency="")
    make_dispute(lost, DisputeStatus.LOST, currency="USD", amount=70)
    make_dispute(won, DisputeStatus.WON)
    make_dispute(make_payment(), amount=100)
    euros, dollars = payments_totals(Payment.objects.all())
    assert (euros.gross, euros.disputed, euros.net) == (3750, 1350, 2400)
    assert (dollars.currency, dollars.disputed, dollars.net) == ("USD", 70, -70)
    assert [line.disputed for line in payments_totals(Payment.objects.filter(pk=won.pk))] == [0]


def test_a_mix_of_live_and_test_payments_shows_a_notice(client, mixed):
    notice = "This list contains live and test payments"
    assert notice in html(client)
    assert notice not in html(client, mode="test")
    Payment.objects.filter(mode="live").update(mode="test")
    DailyRevenue.objects.filter(mode="live").delete()
    days_mark_stale({timezone.localdate(timezone.now() - timedelta(days=1))})
    revenue_refresh()
    assert notice not in html(client)


def test_test_payments_are_labeled_in_every_row(client, mixed):
    rows = html(client).count('<span class="w-status">Test</span>')
    assert rows == len(mixed) - 1
