"""Seeding test payments: consistent, reproducible, and only in test mode."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils import timezone
from wagtail.models import Site

from tests.support.factories import make_donation, make_product, make_site, make_user
from wagtail_payments.enums import EventKind, Mode, PaymentStatus
from wagtail_payments.models import (
    DailyRevenue,
    Delivery,
    Dispute,
    Payment,
    PaymentEvent,
    Product,
    Receipt,
    ReceiptSeries,
    Refund,
)
from wagtail_payments.sandbox.seed import payments_seed, seeding
from wagtail_payments.sandbox.seed.people import RUDE_NAMES, person
from wagtail_payments.search_keys import search_key, surname_key
from wagtail_payments.selectors.payments.payments import payment_seller, payments_to_poll
from wagtail_payments.services.receipts.issue import receipt_data
from wagtail_payments.services.revenue import revenue_check

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def site():
    return make_site()


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(seeding, "CHUNK", 70)


def payment_values():
    names = ("public_id", "amount", "status", "payer_name", "method_last4", "created_at", "paid_at")
    return list(Payment.objects.order_by("pk").values_list(*names))


@pytest.mark.parametrize("seed", range(8))
def test_some_dispute_is_open_with_every_seed(seed):
    payments_seed(payments=200, years=2, seed=seed, sums=False)
    assert Dispute.objects.filter(status="needs_response", due_by__gt=timezone.now()).exists()


@pytest.mark.usefixtures("small_chunks")
def test_seeded_rows_are_consistent():
    assert payments_seed(payments=500, years=2, sums=False) == 500
    payments = Payment.objects
    assert payments.count() == 500
    assert not payments.exclude(mode=Mode.TEST, provider="sandbox").exists()
    assert 400 < payments.filter(status=PaymentStatus.SUCCEEDED).count() < 480
    assert payments.values("payer_email").distinct().count() < 250
    assert not payments.filter(Q(created_at__gt=timezone.now()) | Q(paid_at__gt=timezone.now()))
    assert not payments.filter(status=PaymentStatus.SUCCEEDED).exclude(
        captured_amount=F("amount"), paid_at__isnull=False
    )
    refunded = Refund.objects.filter(status__in=["succeeded", "pending"]).aggregate(Sum("amount"))
    assert (
        refunded["amount__sum"]
        == payments.aggregate(Sum("refunded_amount"))["refunded_amount__sum"]
    )
    assert Dispute.objects.filter(status="needs_response", due_by__gt=timezone.now()).exists()
    assert 2 <= PaymentEvent.objects.count() / 500 <= 4


@pytest.mark.usefixtures("small_chunks")
def test_receipts_are_numbered_without_gaps_in_the_order_of_payment():
    payments_seed(payments=400, years=1.5, sums=False)
    paid = Payment.objects.filter(status=PaymentStatus.SUCCEEDED)
    assert Receipt.objects.count() == paid.count()
    for series in ReceiptSeries.objects.annotate(
        count=Count("receipts"), last=Max("receipts__number")
    ):
        assert series.mode == Mode.TEST
        assert series.next_number == series.last + 1 == series.count + 1
        issued = list(series.receipts.order_by("number").values_list("issued_at", flat=True))
        assert issued == sorted(issued)
    lines = PaymentEvent.objects.filter(kind=EventKind.RECEIPT_ISSUED)
    assert {line.data["number"] for line in lines} == set(
        Receipt.objects.values_list("code", flat=True)
    )


def test_receipts_have_the_same_data_as_issued_ones():
    payments_seed(payments=60, sums=False)
    for receipt in Receipt.objects.select_related("payment")[:20]:
        seller = payment_seller(receipt.payment)
        assert receipt.data == receipt_data(payment=receipt.payment, seller=seller)


def test_search_keys_match_their_fields():
    payments_seed(payments=60, sums=False)
    for payment in Payment.objects.all():
        assert payment.email_key == search_key(payment.payer_email)
        assert payment.name_key == search_key(payment.payer_name)
        assert payment.surname_key == surname_key(payment.payer_name)
    for receipt in Receipt.objects.all():
        assert receipt.code_key == search_key(receipt.code)


def test_the_same_seed_creates_the_same_payments(monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    results = []
    for seed in (7, 7, 8):
        for model in (PaymentEvent, Receipt, ReceiptSeries, Refund, Dispute, Payment):
            model.objects.all()._raw_delete("default")
        payments_seed(payments=80, seed=seed, sums=False)
        results.append(payment_values())
    assert results[0] == results[1] != results[2]


def test_second_run_continues_the_receipt_numbers():
    payments_seed(payments=50, years=0.1, sums=False)
    payments_seed(payments=50, years=0.1, sums=False)
    assert Payment.objects.count() == 100
    for series in ReceiptSeries.objects.all():
        assert series.next_number == series.receipts.count() + 1
    assert ReceiptSeries.objects.exists()


def test_credit_note_series_is_not_used():
    make_site()
    year = timezone.localdate().year
    notes = ReceiptSeries.objects.create(name="ST", year=year, mode="test", kind="refund")
    payments_seed(payments=20, years=1)
    notes.refresh_from_db()
    assert notes.next_number == 1
    assert not notes.receipts.exists()


def test_a_payment_can_be_started_afterwards():
    """The id sequence continues after the seeded rows."""
    payments_seed(payments=20, sums=False)
    last = Payment.objects.aggregate(Max("pk"))["pk__max"]
    payment = Payment.objects.get(pk=last)
    payment.pk, payment.public_id, payment.attempt_key = None, uuid4(), "new"
    payment.save(force_insert=True)
    assert payment.pk > last


def test_no_deliveries_and_no_provider_requests():
    payments_seed(payments=300, sums=False)
    assert not Delivery.objects.exists()
    assert mail.outbox == []
    assert not payments_to_poll().exists()
    assert not Refund.objects.filter(next_attempt_at__lt=timezone.now()).exists()
    assert not ReceiptSeries.objects.filter(mode=Mode.LIVE).exists()


def test_payments_are_for_the_sites_products():
    make_product(prices=[{"amount": 1250, "stock": 3}, {"amount": 1400, "currency": "CHF"}])
    make_donation()
    payments_seed(payments=300, sums=False)
    assert set(Payment.objects.values_list("title", flat=True)) == {"Star night", "Donation"}
    euros = Payment.objects.filter(currency="EUR").count()
    assert 0 < Payment.objects.filter(currency="CHF").count() < euros / 3
    assert Payment.objects.filter(title="Donation", amount__lt=500).count() == 0


def test_limited_stock_is_not_sold():
    product = make_product(prices=[{"amount": 1250, "stock": 3}])
    payments_seed(payments=50, sums=False)
    assert not Payment.objects.filter(price_key=product.prices.get().key).exists()


def test_products_are_created_if_there_are_none():
    payments_seed(payments=50, sums=False)
    assert Product.objects.filter(live=True).count() == 5


def test_regular_payer_has_payments():
    paula = make_user("paula", first_name="Paula", last_name="Birnbaum")
    payments_seed(payments=200, regular=paula, sums=False)
    paulas_payments = Payment.objects.filter(payer=paula)
    assert paulas_payments.count() == 3
    assert {(each.payer_name, each.payer_email) for each in paulas_payments} == {
        ("Paula Birnbaum", "paula@example.org")
    }


def test_payments_cover_the_requested_years():
    payments_seed(payments=400, years=2, sums=False)
    first = Payment.objects.aggregate(Min("created_at"))["created_at__min"]
    ago = timezone.now() - first
    assert timedelta(days=720) < ago < timedelta(days=732)


def test_revenue_is_up_to_date():
    payments_seed(payments=120, years=0.1)
    assert DailyRevenue.objects.aggregate(Sum("started"))["started__sum"] == 120
    assert revenue_check()["repaired"] == 0


def test_people_are_unique_and_some_names_are_rude():
    people = [person(number) for number in range(6000)]
    assert len({each.email for each in people}) == 6000
    assert {each.name for each in people} >= set(RUDE_NAMES)
    assert all(len(each.name) <= 255 for each in people)


def test_live_site_is_refused(settings):
    settings.DEBUG = False
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ALLOW_SANDBOX": False}
    with pytest.raises(CommandError, match="for test sites"):
        call_command("payments_seed", "--payments", "10")
    assert not Payment.objects.exists()
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    "arguments", [["--payments", "0"], ["--payments", "-3"], ["--years", "0"], ["--years", "nan"]]
)
def test_invalid_arguments_are_refused(arguments):
    with pytest.raises(CommandError):
        call_command("payments_seed", *arguments)
    assert not Payment.objects.exists()


def test_command_reports_the_number_of_payments():
    out = StringIO()
    call_command("payments_seed", "--payments", "12", "--years", "0.05", stdout=out)
    assert "Created 12 test payments." in out.getvalue()
    assert Payment.objects.count() == 12


def test_seeding_without_a_default_site():
    Site.objects.update(is_default_site=False)
    assert payments_seed(payments=10, sums=False) == 10
    assert not Payment.objects.exclude(site=None).exists()


def indexes():
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, Payment._meta.db_table))


@pytest.mark.django_db(transaction=True)
def test_indexes_are_restored(monkeypatch):
    before = indexes()
    monkeypatch.setattr(seeding, "_MANY", 5)
    payments_seed(payments=20, sums=False)
    assert indexes() == before
    assert {index.name for index in Payment._meta.indexes} <= before


@pytest.mark.django_db(transaction=True)
def test_indexes_are_restored_after_a_failure(monkeypatch):
    before = indexes()
    monkeypatch.setattr(seeding, "_MANY", 5)

    def stop(name, rows):
        assert indexes() < before
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        payments_seed(payments=20, watch=stop)
    assert indexes() == before
