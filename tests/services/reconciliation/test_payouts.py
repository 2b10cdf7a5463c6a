"""Payouts: kept once, changed when they fail, and no reason for anything else to fail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.services.payments.test_stripe import fake, stripe_fake
from tests.support.factories import make_site
from wagtail_payments.models import Payout
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.providers.types import PayoutSnapshot, PayoutStatus
from wagtail_payments.services.reconciliation import provider_reconcile, reconciliation_run
from wagtail_payments.services.reconciliation.payouts import payouts_keep

pytestmark = [pytest.mark.db, pytest.mark.django_db]

__all__ = ["fake", "stripe_fake"]


@pytest.fixture(autouse=True)
def site():
    return make_site()


def keep(provider=None):
    since = timezone.now() - timedelta(days=1)
    return payouts_keep(
        provider=provider or get_provider("stripe"), since=since, watch=lambda name, things: things
    )


def test_kept_once_and_changed_when_it_fails(fake):
    reference = fake.payout(1250)["id"]
    fake.payout(-300)
    assert keep() == 2
    assert keep() == 0
    payout = Payout.objects.get(reference=reference)
    assert (payout.amount, payout.currency, payout.status, payout.mode) == (
        1250,
        "EUR",
        "paid",
        "test",
    )
    fake.store.objects[reference]["status"] = "failed"
    assert keep() == 1
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.FAILED
    assert Payout.objects.count() == 2


def test_the_nightly_comparison_keeps_them(fake):
    fake.payout(1250)
    assert reconciliation_run("stripe")["payouts"] == 1
    assert reconciliation_run("stripe")["payouts"] == 0


def test_a_dry_run_keeps_nothing(fake):
    fake.payout(1250)
    since = timezone.now() - timedelta(days=1)
    outcome = provider_reconcile(alias="stripe", since=since, dry_run=True)
    assert (outcome.payouts, Payout.objects.count()) == (None, 0)


def test_a_key_that_may_not_read_them_spoils_no_comparison(fake):
    fake.payout(1250)
    fake.fault("error_500", "/v1/payouts", times=9)
    figures = reconciliation_run("stripe")
    assert (figures["payouts"], figures["unanswered"]) == (None, 0)
    assert not Payout.objects.exists()


class Bank:
    """Tells of one payout."""

    alias, live = "bank", True

    def __init__(self, **facts):
        self.snapshot = PayoutSnapshot(
            **{
                "reference": "po_1",
                "status": PayoutStatus.PAID,
                "amount": 1,
                "currency": "EUR",
                "created_at": timezone.now(),
                "arrives_on": timezone.now().date(),
                **facts,
            }
        )

    def payouts_list(self, since):
        return [self.snapshot]


def test_what_is_no_currency_is_left_out():
    assert keep(Bank(currency="USDC")) == 0
    assert keep(Bank()) == 1
    assert str(Payout.objects.get().mode) == "live"
