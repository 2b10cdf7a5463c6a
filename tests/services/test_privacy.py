"""Erasing and handing out what is kept about a payer: nothing of the person stays, all of the money."""

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

from tests.services.receipts.test_credit_notes import told
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
    """A payment that is over, with all that may name its payer."""
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
    """A paid payment, given back in part and half undone, with notes that name the payer."""
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
    told(reload(payment), (refund.reference or reload_refund(refund), 300, "failed"))
    send_all()
    Delivery.objects.update(last_error=f"550 <{EMAIL}> unknown")
    Discrepancy.objects.create(
        provider="sandbox", mode="test", kind="status", reference="x", payment=payment,
        data={"theirs": {"note": NAME.upper()}},
    )  # fmt: skip
    return reload(payment)


def reload_refund(refund):
    return Refund.objects.get(pk=refund.pk).reference


def everywhere():
    """Return all that our tables hold, as one text for each column of text or that names a user."""
    found = {}
    for model in apps.get_app_config("wagtail_payments").get_models():
        for field in model._meta.concrete_fields:
            to_user = field.related_model is get_user_model()
            if to_user or isinstance(field, models.CharField | models.TextField | models.JSONField):
                name = f"{field.name}__username" if to_user else field.name
                rows = model._base_manager.values_list(name, flat=True)
                said = json.dumps([str(row) for row in rows], ensure_ascii=False)
                found[f"{model.__name__}.{field.name}"] = said.casefold()
            elif isinstance(field, models.BinaryField):
                rows = model._base_manager.values_list(field.attname, flat=True)
                found[f"{model.__name__}.{field.name}"] = " ".join(
                    bytes(row).decode(errors="replace") for row in rows
                ).casefold()
    return found


def naming(words=(NAME, EMAIL, "wilhelmina", "überall", "ueberall")):
    return {
        column
        for column, said in everywhere().items()
        if any(word.casefold() in said for word in words)
    }


def money():
    kept = (
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
    return list(Payment.objects.order_by("pk").values(*kept)), documents


def test_nothing_of_the_person_stays_and_all_of_the_money(payment):
    Export.objects.create(user=make_user("tess"), kind=ExportKind.PAYERS, format=ExportFormat.CSV)
    before = money()
    assert {
        "Payment.payer_name",
        "Payment.payer",
        "PaymentEvent.actor",
        "Receipt.data",
        "CreditNote.data",
        "Delivery.last_error",
    } <= naming()
    assert {"Refund.note", "PaymentEvent.data", "Discrepancy.data", "WebhookEvent.body"} <= naming()
    found = payer_find(email=EMAIL.upper())
    assert found.payments == [payment]
    counts = erasure_counts(found.payments)
    assert (counts.payments, counts.receipts, counts.credit_notes) == (1, 1, 2)
    assert (counts.payloads, counts.exports) == (1, 1)
    assert payers_erase(payments=found.payments, actor=make_user("mia")) == counts
    assert naming() == set()
    assert money() == before
    assert not Export.objects.exists()
    line = PaymentEvent.objects.get(kind=EventKind.ERASED)
    assert (line.data, line.actor.username) == ({}, "mia")
    entries = PaymentsLogEntry.objects.filter(action="wagtail_payments.payment.erase_payer")
    assert entries.count() == 1
    text = PdfReader(BytesIO(receipt_pdf(Receipt.objects.get()))).pages[0].extract_text()
    assert Receipt.objects.get().code in text


def test_it_can_be_done_twice(payment):
    assert payers_erase(payments=[payment]).payments == 1
    after = (everywhere(), money())
    assert payer_find(email=EMAIL).payments == []
    assert payers_erase(payments=[reload(payment)]).payments == 0
    assert (everywhere(), money()) == after


@pytest.mark.parametrize("name", ["Succeeded", "pending", "Duplicate", "2026", "Refund", "failed"])
def test_a_payer_called_like_a_word_of_a_machine(payment, name):
    Payment.objects.filter(pk=payment.pk).update(payer_name=name)
    note = f"Paid by {name.upper()} in person"
    PaymentEvent.objects.create(
        payment=payment,
        kind=EventKind.RECEIVED,
        source=EventSource.STAFF,
        data={"received_on": "2026-01-02", "note": note},
    )
    words = ("before", "after", "status", "reason", "received_on", "number", "delivery")

    def said():
        data = payment.events.exclude(kind=EventKind.ERASED).values_list("data", flat=True)
        return [{word: line.get(word) for word in words} for line in data]

    before = said()
    payers_erase(payments=[reload(payment)])
    assert said() == before
    assert payment.events.get(kind=EventKind.RECEIVED).data["note"] == "Paid by … in person"


def test_what_comes_later_does_not_bring_the_person_back(payment):
    payers_erase(payments=[payment])
    WebhookEvent.objects.all().delete()
    events = receive_all(payment)
    WebhookEvent.objects.update(body=f'"{EMAIL}"'.encode())
    for event in events:
        webhook_process(event_id=event.pk)
    assert {each.state for each in WebhookEvent.objects.all()} == {WebhookState.PROCESSED}
    payment_apply(payment_id=payment.pk, source=EventSource.RECONCILIATION)
    assert naming() == set()
    # One that nobody looks into is emptied at night.
    WebhookEvent.objects.update(body=EMAIL.encode(), payment=None, state=WebhookState.IGNORED)
    assert erased_payloads_remove() == len(events)
    assert naming() == set()


def test_nothing_is_mailed_to_nobody(payment):
    payers_erase(payments=[payment])
    mail.outbox.clear()
    delivery = payment.deliveries.get(kind="receipt_email")
    assert not delivery_resend(delivery_id=delivery.pk, actor=None)
    send_all()
    assert mail.outbox == []


def test_what_is_not_over_is_named_and_left_alone(payment):
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
    reasons = {each.payment: each.reason for each in found.left_out}
    assert reasons == {
        open_order: "The payment is not finished.",
        disputed: "A dispute is open.",
        refunding: "A refund is in progress.",
        unsent: "An email or signal has not been sent yet.",
    }
    payers_erase(payments=found.all_payments)
    assert {each.payer_name for each in map(reload, reasons)} == {NAME}
    assert reload(payment).payer_name == ""


def test_accents_make_another_person():
    start(make_product(), payer=make_payer(email="jose@exämple.org"))
    assert not payer_find(email="jose@example.org").all_payments
    assert payer_find(email="JOSE@exämple.org").all_payments
    assert not payer_find(email="").all_payments


def test_a_user_is_found_by_what_they_paid():
    user = make_user("wilma")
    payment = start(make_product(), payer=payer(user=user)).payment
    assert payer_find(user=user).all_payments == [payment]


def test_what_is_handed_out(payment):
    (said,) = payer_export(payer_find(email=EMAIL).all_payments)["payments"]
    json.dumps(said)
    assert (said["payer_name"], said["payer_email"], said["amount"]) == (NAME, EMAIL, "12.50 EUR")
    assert said["receipt"]["says"]["payer"]["name"] == NAME
    assert len(said["credit_notes"]) == 2
    assert said["timeline"][0]["what"] == "Payment started"
    assert payment.refunds.get().note
    assert "note" not in said["refunds"][0]
    assert f"For {NAME}" not in json.dumps(said, ensure_ascii=False)


@pytest.mark.parametrize(
    ("days", "setting", "erased"),
    [(11, 10, True), (9, 10, False), (4000, None, False)],
)
def test_payers_are_kept_as_long_as_the_settings_say(days, setting, erased, settings):
    conf = {**settings.WAGTAIL_PAYMENTS, "PAYER_RETENTION_DAYS": setting}
    settings.WAGTAIL_PAYMENTS = conf
    payment = paid()
    Payment.objects.filter(pk=payment.pk).update(paid_at=timezone.now() - timedelta(days=days))
    assert retention_find().exists() is erased
    assert retention_apply() == erased
    assert (reload(payment).erased_at is not None) is erased
    assert retention_apply() == 0


def test_payers_that_are_erased_by_themselves_stay_in_no_export(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PAYER_RETENTION_DAYS": 10}
    payment, facts = paid(), {"kind": ExportKind.PAYERS, "format": ExportFormat.CSV}
    long_ago = timezone.now() - timedelta(days=11)
    Payment.objects.filter(pk=payment.pk).update(created_at=long_ago, paid_at=long_ago)
    user, earlier = make_user("tess"), long_ago - timedelta(days=1)
    older = Export.objects.create(user=user, created_at=earlier, **facts)
    export = Export.objects.create(user=user, **facts)
    ExportChunk.objects.create(export=export, number=0, data=EMAIL.encode())
    assert retention_apply() == 1
    assert list(Export.objects.all()) == [older]
    assert naming() == set()


def test_an_export_asked_for_meanwhile_is_deleted_too(payment):
    def ask(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and '_payment"' in sql.replace("`", '"'):
            Export.objects.create(user=user, kind=ExportKind.PAYERS, format=ExportFormat.CSV)
            asked.append(sql)
        return answer

    user, asked = make_user("tess"), []
    with connection.execute_wrapper(ask):
        payers_erase(payments=[payment])
    assert asked
    assert not Export.objects.exists()


def test_money_that_moved_later_counts(settings, payment):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PAYER_RETENTION_DAYS": 10}
    Payment.objects.filter(pk=payment.pk).update(paid_at=timezone.now() - timedelta(days=11))
    assert retention_apply() == 0
    long_ago = timezone.now() - timedelta(days=11)
    Refund.objects.update(created_at=long_ago)
    assert retention_apply() == 0
    RefundMovement.objects.update(moved_at=long_ago)
    assert retention_apply() == 1


def test_attempts_have_a_time_of_their_own(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ATTEMPT_RETENTION_DAYS": 10}
    given_up, recent, kept = (start(make_product(), payer=payer()).payment for _ in range(3))
    for each in (given_up, recent):
        expire(each)
        payment_apply(payment_id=each.pk, source=EventSource.SWEEP)
    send_all()
    long_ago = timezone.now() - timedelta(days=11)
    Payment.objects.exclude(pk=recent.pk).update(created_at=long_ago, expires_at=long_ago)
    assert session_of(given_up)
    assert retention_apply() == 1
    names = [reload(each).payer_name for each in (given_up, recent, kept)]
    assert names == ["", NAME, NAME]
