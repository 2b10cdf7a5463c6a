"""Import earlier Stripe payments: once, and without emails or receipts."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests.services.payments.test_stripe import fake, receive
from tests.support.factories import make_product, start
from tests.support.stripe_fake.fixtures import stripe_fake
from tests.support.tokens import make_staff
from wagtail_payments.enums import DisputeStatus, EventKind, PaymentStatus
from wagtail_payments.models import (
    DailyRevenue,
    Delivery,
    Discrepancy,
    Payment,
    PaymentEvent,
    Receipt,
    ReceiptSeries,
    WebhookEvent,
)
from wagtail_payments.permissions import PAYERS, PAYMENTS, product_grant
from wagtail_payments.services.imports import payments_import
from wagtail_payments.services.privacy import payers_erase
from wagtail_payments.services.reconciliation import provider_reconcile
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.services.revenue import revenue_refresh
from wagtail_payments.services.webhooks.inbox import webhook_process

pytestmark = [pytest.mark.db, pytest.mark.django_db]
__all__ = ["fake", "stripe_fake"]

INSPECT = "wagtail_payments_payment:inspect"
LONG_AGO = timezone.now() - timedelta(days=900)


@pytest.fixture
def past_intent(fake: Any) -> Any:
    """Return a paid payment intent that other software created."""
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    (intent,) = fake.store.find("payment_intent")
    intent["metadata"], intent["description"] = {}, "Membership 2024"
    (charge,) = fake.store.find("charge")
    charge["billing_details"] |= {"name": "Zoë Ångström", "email": "zoe@example.org"}
    for session in fake.store.find("checkout.session"):
        session["metadata"] = {}
    payment.events.all()._raw_delete("default")
    Payment.objects.all().delete()
    return intent


def run_import(**options: Any) -> Any:
    return payments_import(alias="stripe", since=LONG_AGO, **options)


def test_dry_run_counts_and_writes_nothing(past_intent: Any) -> None:
    result = run_import(dry_run=True)
    assert (result.new, result.sums) == (1, {"EUR": 1250})
    assert not Payment.objects.exists()


def test_payment_is_imported_once_without_deliveries(past_intent: Any) -> None:
    assert run_import().new == 1
    assert run_import().known == 1
    payment = Payment.objects.get()
    assert payment.status == PaymentStatus.SUCCEEDED
    assert payment.title == "stripe"
    assert payment.payer_name == "Zoë Ångström"
    assert payment.email_key == "zoe@example.org"
    assert (payment.captured_amount, payment.fee, payment.fee_currency) == (1250, 44, "EUR")
    assert payment.display_method == "Visa •••• 4242"
    assert payment.payment_reference == past_intent["id"]
    lines = [(line.kind, line.data) for line in payment.events.all()]
    assert lines == [(EventKind.IMPORTED, {"note": "Membership 2024"})]
    for model in (Delivery, Receipt, ReceiptSeries, WebhookEvent):
        assert not model.objects.exists()
    assert mail.outbox == []
    revenue_refresh()
    assert DailyRevenue.objects.get(gross__gt=0).gross == 1250


def test_concurrent_imports_create_one_payment(past_intent: Any) -> None:
    concurrent = []

    def import_concurrently(execute: Any, sql: str, *args: Any) -> Any:
        """Import the payment after the other import has read the database."""
        if sql.startswith("SAVEPOINT") and not concurrent:
            concurrent.append(None)
            concurrent[0] = run_import()
        return execute(sql, *args)

    with connection.execute_wrapper(import_concurrently):
        result = run_import()
    assert (concurrent[0].new, concurrent[0].known) == (1, 0)
    assert (result.new, result.known, result.sums) == (0, 1, {})
    assert PaymentEvent.objects.filter(payment=Payment.objects.get()).count() == 1


def test_refunds_and_disputes_are_imported(fake: Any, past_intent: Any) -> None:
    fake.refund_from_dashboard(past_intent["id"], 300)
    dispute = fake.dispute_open(past_intent["id"], 500)
    fake.dispute_close(dispute["id"], "lost")
    run_import()
    payment = Payment.objects.get()
    assert payment.refunded_amount == 300
    assert payment.refunds.get().movements.get().amount
    assert payment.disputes.get().status == DisputeStatus.LOST
    assert payment.disputes.get().closed_at


def test_imported_payment_can_be_refunded_and_reconciled(fake: Any, past_intent: Any) -> None:
    """Refunds from both sides and reconciliation work as for any other payment."""
    run_import()
    payment = Payment.objects.get()
    refund = refund_create(
        payment_id=payment.pk,
        key=payment.public_id,
        amount=200,
        reason="requested_by_customer",
        actor=None,
    )
    refund_send(refund_id=refund.pk)
    fake.refund_from_dashboard(past_intent["id"], 100)
    event = next(e for e in reversed(fake.events) if e["type"] == "refund.created")
    webhook_process(event_id=receive(fake, event))
    payment.refresh_from_db()
    assert payment.refunded_amount == 300
    outcome = provider_reconcile(alias="stripe", since=LONG_AGO)
    assert not outcome.needs_action
    assert not Discrepancy.objects.exists()
    assert not Receipt.objects.exists()


def test_known_payments_and_other_sites_are_skipped(fake: Any) -> None:
    known, other = (start(make_product()).payment for _ in range(2))
    for payment in (known, other):
        fake.pay(payment.checkout_reference)
    other.events.all()._raw_delete("default")
    other.delete()
    before = Payment.objects.count()
    result = run_import()
    assert (result.new, result.known, result.others) == (0, 1, 1)
    assert Payment.objects.count() == before


def test_import_for_a_product(past_intent: Any) -> None:
    product = make_product(name="Membership")
    run_import(product=product)
    payment = Payment.objects.get()
    assert (payment.product_key, payment.title) == (product.translation_key, "Membership")


def test_description_requires_permission_to_view_payers(past_intent: Any, client: Any) -> None:
    past_intent["description"] = "Order of Zoë Ångström, zoe@example.org"
    product = make_product(name="Membership")
    run_import(product=product)
    payment, kim = Payment.objects.get(), make_staff("kim")
    product_grant(right=PAYMENTS, holder=kim, product=product)
    client.force_login(kim)

    def pages_text() -> str:
        views = ("wagtail_payments_payment:index", []), (INSPECT, [payment.pk])
        pages = [client.get(reverse(name, args=args)) for name, args in views]
        assert [page.status_code for page in pages] == [200, 200]
        return unescape("".join(page.content.decode() for page in pages))

    assert "zoe@example.org" not in pages_text()
    assert "Imported from the provider" in pages_text()
    product_grant(right=PAYERS, holder=kim, product=product)
    assert past_intent["description"] in pages_text()
    assert payers_erase(payments=[payment]).payments == 1
    line = payment.events.get(kind=EventKind.IMPORTED)
    assert line.data == {"note": "Order of …, …"}


def test_command(past_intent: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("payments_import", "stripe", "--since", "900d", "--dry-run")
    call_command("payments_import", "stripe", "--since", "900d")
    out = capsys.readouterr().out
    assert "Would import 1 (€12.50); 0 already known" in out
    assert "Imported 1 (€12.50)" in out
    with pytest.raises(CommandError, match="no product with the id 99"):
        call_command("payments_import", "stripe", "--since", "900d", "--product", "99")
    with pytest.raises(CommandError, match="'paypal'; known"):
        call_command("payments_import", "paypal", "--since", "900d")


def test_import_can_be_repeated_after_a_provider_error(fake: Any, past_intent: Any) -> None:
    fake.faults.arm("error_500", path="/v1/payment_intents", times=5)
    with pytest.raises(CommandError, match="Run the command again"):
        call_command("payments_import", "stripe", "--since", "900d")
    assert not Payment.objects.exists()
    fake.faults.clear()
    call_command("payments_import", "stripe", "--since", "900d", verbosity=0)
    assert Payment.objects.count() == 1
