"""Erasure and export of payer data: personal data is removed, amounts are kept."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection, models
from django.utils import timezone
from pypdf import PdfReader

from tests.services.receipts.test_credit_notes import sync_refunds
from tests.support.company import expire, pay, receive_all, session_of
from tests.support.factories import make_payer, make_product, make_site, make_user, reload, start
from wagtail_payments.enums import EventKind, EventSource, ExportFormat, ExportKind, WebhookState
from wagtail_payments.models import (
    CreditNote,
    Delivery,
    Discrepancy,
    Dispute,
    Export,
    ExportChunk,
    Payment,
    PaymentEvent,
    PaymentsLogEntry,
    Receipt,
    Refund,
    RefundMovement,
    WebhookEvent,
)
from wagtail_payments.services.deliveries.outbox import (
    deliveries_due,
    delivery_resend,
    delivery_send,
)
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.privacy import (
    erased_payloads_remove,
    erasure_counts,
    payer_export,
    payer_find,
    payers_erase,
    retention_apply,
    retention_find,
)
from wagtail_payments.services.receipts.pdf import receipt_pdf
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.services.webhooks.inbox import webhook_process

NAME, EMAIL = "Wilhelmina Überall", "wilhelmina.ueberall@example.org"

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def site():
    return make_site()


def payer(**changes):
    return make_payer(email=EMAIL, name=NAME, **changes)


def paid(user=None, **order):
    """Return a paid payment with all rows that may contain its payer's data."""
    payment = start(make_product(), payer=payer(user=user), **order).payment
    pay(payment)
    (event, *_) = receive_all(payment)
    webhook_process(event_id=event.pk)
    WebhookEvent.objects.filter(pk=event.pk).update(body=f'{{"email": "{EMAIL}"}}'.encode())
    send_all()
    return reload(payment)


def send_all():
    for delivery_id in deliveries_due():
        delivery_send(delivery_id=delivery_id)


@pytest.fixture
def payment():
    """A paid payment with a failed partial refund, and with notes that name the payer."""
    payment = paid(make_user("wilhelmina"))
    key = "8d5f2d0c-6f0c-4f3a-9a55-0c7a4f6f2a10"
    refund = refund_create(
        payment_id=payment.pk,
        key=key,
        amount=300,
        reason="duplicate",
        note=f"For {NAME}",
        actor=None,
    )
    refund_send(refund_id=refund.pk)
    sync_refunds(reload(payment), (refund.reference or refund_reference(refund), 300, "failed"))
    send_all()
    Delivery.objects.update(last_error=f"550 <{EMAIL}> unknown")
    Discrepancy.objects.create(
        provider="sandbox", mode="test", kind="status", reference="x", payment=payment,
        data={"remote": {"note": NAME.upper()}},
    )  # fmt: skip
    return reload(payment)


def refund_reference(refund):
    return Refund.objects.get(pk=refund.pk).reference


def texts_by_column():
    """Return the contents of all columns with texts, bytes or users, each as one text."""
    found = {}
    for model in apps.get_app_config("wagtail_payments").get_models():
        for field in model._meta.concrete_fields:
            to_user = field.related_model is get_user_model()
            if to_user or isinstance(field, models.CharField | models.TextField | models.JSONField):
                name = f"{field.name}__username" if to_user else field.name
                rows = model._base_manager.values_list(name, flat=True)
                text = json.dumps([str(row) for row in rows], ensure_ascii=False)
                found[f"{model.__name__}.{field.name}"] = text.casefold()
            elif isinstance(field, models.BinaryField):
                rows = model._base_manager.values_list(field.attname, flat=True)
                found[f"{model.__name__}.{field.name}"] = " ".join(
                    bytes(row).decode(errors="replace") for row in rows
                ).casefold()
    return found


def columns_with_payer(words=(NAME, EMAIL, "wilhelmina", "überall", "ueberall")):
    return {
        column
        for column, text in texts_by_column().items()
        if any(word.casefold() in text for word in words)
    }


def amounts_and_documents():
    fields = (
        "amount",
        "currency",
        "tax_amount",
        "captured_amount",
        "refunded_amount",
        "fee",
        "paid_at",
    )
    documents = [
        (document.code, document.number, document.issued_at, {**document.data, "payer": None})
        for model in (Receipt, CreditNote)
        for document in model.objects.order_by("pk")
    ]
    return list(Payment.objects.order_by("pk").values(*fields)), documents


def test_erasure_removes_payer_data_and_keeps_amounts(payment):
    Export.objects.create(user=make_user("tess"), kind=ExportKind.PAYERS, format=ExportFormat.CSV)
    before = amounts_and_documents()
    assert {
        "Payment.payer_name",
        "Payment.payer",
        "PaymentEvent.actor",
        "Receipt.data",
        "CreditNote.data",
        "Delivery.last_error",
    } <= columns_with_payer()
    assert {
        "Refund.note",
        "PaymentEvent.data",
        "Discrepancy.data",
        "WebhookEvent.body",
    } <= columns_with_payer()
    found = payer_find(email=EMAIL.upper())
    assert found.payments == [payment]
    counts = erasure_counts(found.payments)
    assert (counts.payments, counts.receipts, counts.credit_notes) == (1, 1, 2)
    assert (counts.payloads, counts.exports) == (1, 1)
    assert payers_erase(payments=found.payments, actor=make_user("mia")) == counts
    assert columns_with_payer() == set()
    assert amounts_and_documents() == before
    assert not Export.objects.exists()
    line = PaymentEvent.objects.get(kind=EventKind.ERASED)
    assert (line.data, line.actor.username) == ({}, "mia")
    entries = PaymentsLogEntry.objects.filter(action="wagtail_payments.payment.erase_payer")
    assert entries.count() == 1
    text = PdfReader(BytesIO(receipt_pdf(Receipt.objects.get()))).pages[0].extract_text()
    assert Receipt.objects.get().code in text


def test_erasing_twice_changes_nothing_more(payment):
    assert payers_erase(payments=[payment]).payments == 1
    after = (texts_by_column(), amounts_and_documents())
    assert payer_find(email=EMAIL).payments == []
    assert payers_erase(payments=[reload(payment)]).payments == 0
    assert (texts_by_column(), amounts_and_documents()) == after


@pytest.mark.parametrize("name", ["Succeeded", "pending", "Duplicate", "2026", "Refund", "failed"])
def test_payer_name_that_equals_a_stored_code(payment, name):
    Payment.objects.filter(pk=payment.pk).update(payer_name=name)
    note = f"Paid by {name.upper()} in person"
    PaymentEvent.objects.create(
        payment=payment,
        kind=EventKind.RECEIVED,
        source=EventSource.STAFF,
        data={"received_on": "2026-01-02", "note": note},
    )
    keys = ("before", "after", "status", "reason", "received_on", "number", "delivery")

    def event_data():
        data = payment.events.exclude(kind=EventKind.ERASED).values_list("data", flat=True)
        return [{key: line.get(key) for key in keys} for line in data]

    before = event_data()
    payers_erase(payments=[reload(payment)])
    assert event_data() == before
    assert payment.events.get(kind=EventKind.RECEIVED).data["note"] == "Paid by … in person"


def test_later_events_do_not_restore_payer_data(payment):
    payers_erase(payments=[payment])
    WebhookEvent.objects.all().delete()
    events = receive_all(payment)
    WebhookEvent.objects.update(body=f'"{EMAIL}"'.encode())
    for event in events:
        webhook_process(event_id=event.pk)
    assert {event.state for event in WebhookEvent.objects.all()} == {WebhookState.PROCESSED}
    payment_apply(payment_id=payment.pk, source=EventSource.RECONCILIATION)
    assert columns_with_payer() == set()
    # The nightly job removes the payloads of events without a payment.
    WebhookEvent.objects.update(body=EMAIL.encode(), payment=None, state=WebhookState.IGNORED)
    assert erased_payloads_remove() == len(events)
    assert columns_with_payer() == set()


def test_no_email_after_erasure(payment):
    payers_erase(payments=[payment])
    mail.outbox.clear()
    delivery = payment.deliveries.get(kind="receipt_email")
    assert not delivery_resend(delivery_id=delivery.pk, actor=None)
    send_all()
    assert mail.outbox == []


def test_unfinished_payments_are_listed_and_not_erased(payment):
    open_order = start(make_product(), payer=payer()).payment
    disputed, refunding, unsent = paid(), paid(), paid()
    Dispute.objects.create(
        payment=disputed, provider="sandbox", mode="test", reference="dp", amount=1, currency="EUR",
        status="needs_response",
    )  # fmt: skip
    Refund.objects.create(payment=refunding, provider="sandbox", mode="test", amount=100)
    Delivery.objects.create(payment=unsent, kind="receipt_link_email", key="x")
    found = payer_find(email=EMAIL)
    assert found.payments == [payment]
    reasons = {row.payment: row.reason for row in found.left_out}
    assert reasons == {
        open_order: "The payment is not finished.",
        disputed: "A dispute is open.",
        refunding: "A refund is in progress.",
        unsent: "An email or signal has not been sent yet.",
    }
    payers_erase(payments=found.all_payments)
    assert {payment.payer_name for payment in map(reload, reasons)} == {NAME}
    assert reload(payment).payer_name == ""


def test_accents_in_emails_are_significant():
    start(make_product(), payer=make_payer(email="jose@exämple.org"))
    assert not payer_find(email="jose@example.org").all_payments
    assert payer_find(email="JOSE@exämple.org").all_payments
    assert not payer_find(email="").all_payments


def test_payments_are_found_by_user():
    user = make_user("wilma")
    payment = start(make_product(), payer=payer(user=user)).payment
    assert payer_find(user=user).all_payments == [payment]


def test_export_contents(payment):
    (exported,) = payer_export(payer_find(email=EMAIL).all_payments)["payments"]
    json.dumps(exported)
    fields = (exported["payer_name"], exported["payer_email"], exported["amount"])
    assert fields == (NAME, EMAIL, "12.50 EUR")
    assert exported["receipt"]["content"]["payer"]["name"] == NAME
    assert len(exported["credit_notes"]) == 2
    assert exported["timeline"][0]["kind"] == "Payment started"
    assert payment.refunds.get().note
    assert "note" not in exported["refunds"][0]
    assert f"For {NAME}" not in json.dumps(exported, ensure_ascii=False)


@pytest.mark.parametrize(
    ("days", "setting", "erased"),
    [(11, 10, True), (9, 10, False), (4000, None, False)],
)
def test_retention_of_payers(days, setting, erased, settings):
    conf = {**settings.WAGTAIL_PAYMENTS, "PAYER_RETENTION_DAYS": setting}
    settings.WAGTAIL_PAYMENTS = conf
    payment = paid()
    Payment.objects.filter(pk=payment.pk).update(paid_at=timezone.now() - timedelta(days=days))
    assert retention_find().exists() is erased
    assert retention_apply() == erased
    assert (reload(payment).erased_at is not None) is erased
    assert retention_apply() == 0


def test_retention_deletes_exports_with_the_payer(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PAYER_RETENTION_DAYS": 10}
    payment, fields = paid(), {"kind": ExportKind.PAYERS, "format": ExportFormat.CSV}
    long_ago = timezone.now() - timedelta(days=11)
    Payment.objects.filter(pk=payment.pk).update(created_at=long_ago, paid_at=long_ago)
    user, earlier = make_user("tess"), long_ago - timedelta(days=1)
    older = Export.objects.create(user=user, created_at=earlier, **fields)
    export = Export.objects.create(user=user, **fields)
    ExportChunk.objects.create(export=export, number=0, data=EMAIL.encode())
    assert retention_apply() == 1
    assert list(Export.objects.all()) == [older]
    assert columns_with_payer() == set()


def test_export_requested_during_erasure_is_deleted(payment):
    def request_export(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and '_payment"' in sql.replace("`", '"'):
            Export.objects.create(user=user, kind=ExportKind.PAYERS, format=ExportFormat.CSV)
            statements.append(sql)
        return result

    user, statements = make_user("tess"), []
    with connection.execute_wrapper(request_export):
        payers_erase(payments=[payment])
    assert statements
    assert not Export.objects.exists()


def test_retention_starts_at_the_last_transaction(settings, payment):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PAYER_RETENTION_DAYS": 10}
    Payment.objects.filter(pk=payment.pk).update(paid_at=timezone.now() - timedelta(days=11))
    assert retention_apply() == 0
    long_ago = timezone.now() - timedelta(days=11)
    Refund.objects.update(created_at=long_ago)
    assert retention_apply() == 0
    RefundMovement.objects.update(moved_at=long_ago)
    assert retention_apply() == 1


def test_retention_of_unpaid_attempts(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ATTEMPT_RETENTION_DAYS": 10}
    expired, recent, pending = (start(make_product(), payer=payer()).payment for _ in range(3))
    for payment in (expired, recent):
        expire(payment)
        payment_apply(payment_id=payment.pk, source=EventSource.SWEEP)
    send_all()
    long_ago = timezone.now() - timedelta(days=11)
    Payment.objects.exclude(pk=recent.pk).update(created_at=long_ago, expires_at=long_ago)
    assert session_of(expired)
    assert retention_apply() == 1
    names = [reload(payment).payer_name for payment in (expired, recent, pending)]
    assert names == ["", NAME, NAME]
