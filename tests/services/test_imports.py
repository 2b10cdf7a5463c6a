"""What was paid through Stripe before: brought in once, and sending nothing."""

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
def past(fake: Any) -> Any:
    """Return a payment intent that other software has made and that was paid."""
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


def bring_in(**options: Any) -> Any:
    return payments_import(alias="stripe", since=LONG_AGO, **options)


def test_a_dry_run_counts_and_writes_nothing(past: Any) -> None:
    result = bring_in(dry_run=True)
    assert (result.new, result.sums) == (1, {"EUR": 1250})
    assert not Payment.objects.exists()


def test_brought_in_once_and_quietly(past: Any) -> None:
    assert bring_in().new == 1
    assert bring_in().known == 1
    payment = Payment.objects.get()
    assert payment.status == PaymentStatus.SUCCEEDED
    assert payment.title == "stripe"
    assert payment.payer_name == "Zoë Ångström"
    assert payment.email_key == "zoe@example.org"
    assert (payment.captured_amount, payment.fee, payment.fee_currency) == (1250, 44, "EUR")
    assert payment.display_method == "Visa •••• 4242"
    assert payment.payment_reference == past["id"]
    lines = [(line.kind, line.data) for line in payment.events.all()]
    assert lines == [(EventKind.IMPORTED, {"note": "Membership 2024"})]
    for model in (Delivery, Receipt, ReceiptSeries, WebhookEvent):
        assert not model.objects.exists()
    assert mail.outbox == []
    revenue_refresh()
    assert DailyRevenue.objects.get(gross__gt=0).gross == 1250


def test_two_at_the_same_time_bring_it_in_once(past: Any) -> None:
    quicker = []

    def somebody_is_quicker(execute: Any, sql: str, *args: Any) -> Any:
        """Bring it in between the other's look at what is here and its writing."""
        if sql.startswith("SAVEPOINT") and not quicker:
            quicker.append(None)
            quicker[0] = bring_in()
        return execute(sql, *args)

    with connection.execute_wrapper(somebody_is_quicker):
        result = bring_in()
    assert (quicker[0].new, quicker[0].known) == (1, 0)
    assert (result.new, result.known, result.sums) == (0, 1, {})
    assert PaymentEvent.objects.filter(payment=Payment.objects.get()).count() == 1


def test_refunds_and_disputes_come_with_it(fake: Any, past: Any) -> None:
    fake.refund_from_dashboard(past["id"], 300)
    dispute = fake.dispute_open(past["id"], 500)
    fake.dispute_close(dispute["id"], "lost")
    bring_in()
    payment = Payment.objects.get()
    assert payment.refunded_amount == 300
    assert payment.refunds.get().movements.get().amount
    assert payment.disputes.get().status == DisputeStatus.LOST
    assert payment.disputes.get().closed_at


def test_it_is_a_payment_like_all_others_then(fake: Any, past: Any) -> None:
    """Refunded here, refunded there, compared with the books: there is nothing special about it."""
    bring_in()
    payment = Payment.objects.get()
    refund = refund_create(
        payment_id=payment.pk,
        key=payment.public_id,
        amount=200,
        reason="requested_by_customer",
        actor=None,
    )
    refund_send(refund_id=refund.pk)
    fake.refund_from_dashboard(past["id"], 100)
    event = next(e for e in reversed(fake.events) if e["type"] == "refund.created")
    webhook_process(event_id=receive(fake, event))
    payment.refresh_from_db()
    assert payment.refunded_amount == 300
    outcome = provider_reconcile(alias="stripe", since=LONG_AGO)
    assert not outcome.needs_action
    assert not Discrepancy.objects.exists()
    assert not Receipt.objects.exists()


def test_ours_are_known_and_other_sites_left_alone(fake: Any) -> None:
    ours, others = (start(make_product()).payment for _ in range(2))
    for payment in (ours, others):
        fake.pay(payment.checkout_reference)
    others.events.all()._raw_delete("default")
    others.delete()
    before = Payment.objects.count()
    result = bring_in()
    assert (result.new, result.known, result.others) == (0, 1, 1)
    assert Payment.objects.count() == before


def test_counted_to_a_product(past: Any) -> None:
    product = make_product(name="Membership")
    bring_in(product=product)
    payment = Payment.objects.get()
    assert (payment.product_key, payment.title) == (product.translation_key, "Membership")


def test_a_description_is_for_those_who_may_see_who_paid(past: Any, client: Any) -> None:
    past["description"] = "Order of Zoë Ångström, zoe@example.org"
    product = make_product(name="Membership")
    bring_in(product=product)
    payment, kim = Payment.objects.get(), make_staff("kim")
    product_grant(right=PAYMENTS, holder=kim, product=product)
    client.force_login(kim)

    def shown() -> str:
        places = ("wagtail_payments_payment:index", []), (INSPECT, [payment.pk])
        pages = [client.get(reverse(name, args=args)) for name, args in places]
        assert [page.status_code for page in pages] == [200, 200]
        return unescape("".join(page.content.decode() for page in pages))

    assert "zoe@example.org" not in shown()
    assert "Imported from the provider" in shown()
    product_grant(right=PAYERS, holder=kim, product=product)
    assert past["description"] in shown()
    assert payers_erase(payments=[payment]).payments == 1
    line = payment.events.get(kind=EventKind.IMPORTED)
    assert line.data == {"note": "Order of …, …"}


def test_command(past: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("payments_import", "stripe", "--since", "900d", "--dry-run")
    call_command("payments_import", "stripe", "--since", "900d")
    out = capsys.readouterr().out
    assert "Would import 1 (€12.50); 0 known already" in out
    assert "Imported 1 (€12.50)" in out
    with pytest.raises(CommandError, match="no product with the id 99"):
        call_command("payments_import", "stripe", "--since", "900d", "--product", "99")
    with pytest.raises(CommandError, match="No provider 'paypal'"):
        call_command("payments_import", "paypal", "--since", "900d")


def test_a_provider_that_breaks_off_keeps_what_came_before(fake: Any, past: Any) -> None:
    fake.faults.arm("error_500", path="/v1/payment_intents", times=5)
    with pytest.raises(CommandError, match="Run the command again"):
        call_command("payments_import", "stripe", "--since", "900d")
    assert not Payment.objects.exists()
    fake.faults.clear()
    call_command("payments_import", "stripe", "--since", "900d", verbosity=0)
    assert Payment.objects.count() == 1
