"""Fixtures for the tests of the payments list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.admin.payments.index.helpers import make_payment, receipt_fields
from tests.support.factories import make_product, make_site, make_user
from wagtail_payments.models import (
    CreditNote,
    Dispute,
    Receipt,
    Refund,
)
from wagtail_payments.services.revenue import days_mark_stale, revenue_refresh


@pytest.fixture(autouse=True)
def site():
    return make_site()


@pytest.fixture
def root(client):
    user = make_user("root", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def mixed(root):
    """One payment of each kind, by name."""
    course = make_product(name="Course")
    fields_by_name = {
        "paid": {},
        "wholly": {"refunded_amount": 1250},
        "partly": {"refunded_amount": 400},
        "pending": {"status": "pending"},
        "processing": {"status": "processing"},
        "failed": {"status": "failed"},
        "course": {"product": course},
        "cheap": {"amount": 99},
        "francs": {"currency": "CHF", "amount": 2000},
        "yen": {"currency": "JPY", "amount": 1250},
        "sepa": {"method_type": "sepa_debit"},
        "elsewhere": {"provider": "offline", "page_id": 7, "page_title": "Club"},
        "live": {"mode": "live"},
        "odd": {"review_reason": "amount_mismatch"},
        "disputed": {},
        "lost": {},
        "on its way": {"refunded_amount": 100},
        "refund failed": {},
    }
    payments = {
        name: make_payment(payer_name=name, **fields) for name, fields in fields_by_name.items()
    }
    for name, status in (("disputed", "needs_response"), ("lost", "lost")):
        fields = {"provider": "sandbox", "mode": "test", "reference": name, "amount": 1250}
        Dispute.objects.create(payment=payments[name], status=status, currency="EUR", **fields)
    for name, status in (("on its way", "pending"), ("refund failed", "failed")):
        fields = {"provider": "sandbox", "mode": "test", "amount": 100}
        Refund.objects.create(payment=payments[name], status=status, **fields)
    days_mark_stale({timezone.localdate(timezone.now() - timedelta(days=1))})
    revenue_refresh()
    return payments


@pytest.fixture
def people(root):
    zoe = make_payment(
        payer_name="Zoë  MÜLLER", payer_email="Zoe.M@Example.org", method_last4="0042"
    )
    nikos = make_payment(
        payer_name="Νίκος Παπαδόπουλος",
        payer_email="nikos@example.org",
        checkout_reference="RF18 5390".replace(" ", ""),
        payment_reference="pi_AbC",
    )
    Receipt.objects.create(**receipt_fields(zoe, "TEST-ST-2026-00017", 17))
    refund = Refund.objects.create(payment=nikos, provider="sandbox", mode="test", amount=5)
    note = receipt_fields(nikos, "TEST-ST-2026R-00003", 3, kind="refund")
    CreditNote.objects.create(refund=refund, kind="refund", **note)
    return {"zoe": zoe, "nikos": nikos}
