"""Payouts: stored once, updated when they fail, and no obstacle to reconciliation."""

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


def keep_payouts(provider=None):
    since = timezone.now() - timedelta(days=1)
    return payouts_keep(
        provider=provider or get_provider("stripe"), since=since, watch=lambda name, rows: rows
    )


def test_payout_is_stored_once_and_updated_when_it_fails(fake):
    reference = fake.payout(1250)["id"]
    fake.payout(-300)
    assert keep_payouts() == 2
    assert keep_payouts() == 0
    payout = Payout.objects.get(reference=reference)
    assert (payout.amount, payout.currency, payout.status, payout.mode) == (
        1250,
        "EUR",
        "paid",
        "test",
    )
    fake.store.objects[reference]["status"] = "failed"
    assert keep_payouts() == 1
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.FAILED
    assert Payout.objects.count() == 2


def test_reconciliation_stores_payouts(fake):
    fake.payout(1250)
    assert reconciliation_run("stripe")["payouts"] == 1
    assert reconciliation_run("stripe")["payouts"] == 0


def test_dry_run_stores_nothing(fake):
    fake.payout(1250)
    since = timezone.now() - timedelta(days=1)
    outcome = provider_reconcile(alias="stripe", since=since, dry_run=True)
    assert (outcome.payouts, Payout.objects.count()) == (None, 0)


def test_payout_error_does_not_affect_reconciliation(fake):
    fake.payout(1250)
    fake.fault("error_500", "/v1/payouts", times=9)
    figures = reconciliation_run("stripe")
    assert (figures["payouts"], figures["unanswered"]) == (None, 0)
    assert not Payout.objects.exists()


class Bank:
    """A provider with one payout."""

    alias, live = "bank", True

    def __init__(self, **fields):
        self.snapshot = PayoutSnapshot(
            **{
                "reference": "po_1",
                "status": PayoutStatus.PAID,
                "amount": 1,
                "currency": "EUR",
                "created_at": timezone.now(),
                "arrives_on": timezone.now().date(),
                **fields,
            }
        )

    def payouts_list(self, since):
        return [self.snapshot]


def test_payout_in_an_unknown_currency_is_left_out():
    assert keep_payouts(Bank(currency="USDC")) == 0
    assert keep_payouts(Bank()) == 1
    assert str(Payout.objects.get().mode) == "live"
