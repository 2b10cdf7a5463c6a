"""Credit notes: separate numbers, fixed contents, and a cancellation when the refund fails."""

from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.support.company import pay
from tests.support.factories import make_product, make_site, make_user, reload, start
from wagtail_payments.enums import CreditNoteKind, EventKind, EventSource, SeriesKind
from wagtail_payments.models import (
    CreditNote,
    DailyRevenue,
    Delivery,
    PaymentEvent,
    Receipt,
    ReceiptSeries,
    RefundMovement,
)
from wagtail_payments.providers.types import RefundSnapshot, RefundStatus
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.services.deliveries.outbox import delivery_send
from wagtail_payments.services.exports.ledger import movements
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.apply_refunds import refunds_sync
from wagtail_payments.services.payments.effects import receipt_queue, refund_effects_create
from wagtail_payments.services.receipts.pdf import credit_note_pdf
from wagtail_payments.services.revenue import days_mark_stale, revenue_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def paid(tax_rate=None, amount=1250, **order):
    product = make_product(prices=[{"amount": amount, "tax_rate": tax_rate}])
    payment = start(product, **order).payment
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def sync_refunds(payment, *changes, source=EventSource.PROVIDER, currency="EUR"):
    """Apply refunds from the provider, as ``payment_apply`` does; return the queued deliveries."""
    snapshots = [
        RefundSnapshot(
            reference=reference, amount=amount, currency=currency, status=RefundStatus(status)
        )
        for reference, amount, status in changes
    ]
    with transaction.atomic():
        refunds = refunds_sync(payment=payment, snapshots=snapshots, source=source)
        payment.save()
        return refund_effects_create(payment, refunds, source)


def movement_amounts(payment):
    return list(
        RefundMovement.objects.filter(refund__payment=payment)
        .order_by("pk")
        .values_list("amount", flat=True)
    )


def text_of(note):
    return "\n".join(p.extract_text() for p in PdfReader(BytesIO(credit_note_pdf(note))).pages)


def test_refund_gets_a_credit_note_and_an_email():
    make_site()
    payment = paid(tax_rate=7)
    for delivery_id in sync_refunds(payment, ("re_1", 500, "succeeded")):
        delivery_send(delivery_id=delivery_id)
    note = CreditNote.objects.get()
    assert note.code == f"TEST-ST-{timezone.localtime().year}R-00001"
    (message,) = mail.outbox
    assert message.to == ["zoe@example.org"]
    assert message.subject == f"[TEST] Your refund {note.code} from Sternwarte Łódź"
    assert "€5.00" in message.body
    ((name, content, kind),) = message.attachments
    assert (name, kind) == (f"refund-{note.code}.pdf", "application/pdf")
    text = text_of(note)
    for part in (note.code, payment.receipt.code, "€5.00", "Star night", "Zoë", "€0.33", "TEST"):
        assert part in text
    assert content.startswith(b"%PDF")


def test_failed_refund_is_canceled_by_another_credit_note_and_email():
    make_site()
    payment = paid()
    sync_refunds(payment, ("re_1", 500, "succeeded"))
    queued = sync_refunds(payment, ("re_1", 500, "failed"))
    for delivery_id in queued:
        delivery_send(delivery_id=delivery_id)
    first, second = CreditNote.objects.order_by("number")
    assert (first.kind, second.kind) == (CreditNoteKind.REFUND, CreditNoteKind.CANCELLATION)
    assert (second.number, second.data["cancels"]) == (2, first.code)
    assert second.data["amount"] == 500
    assert first.code in text_of(second)
    (message,) = mail.outbox
    assert message.subject == f"[TEST] Your refund {first.code} from Sternwarte Łódź failed"
    assert movement_amounts(payment) == [500, -500]


def test_unsuccessful_refund_gets_no_credit_note():
    make_site()
    payment = paid()
    sync_refunds(payment, ("re_1", 500, "pending"))
    sync_refunds(payment, ("re_1", 500, "failed"))
    assert not CreditNote.objects.exists()
    assert movement_amounts(payment) == []


def test_no_credit_note_without_a_receipt():
    make_site()
    payment = paid()
    Receipt.objects.all().delete()
    payment = reload(payment)
    sync_refunds(payment, ("re_1", 500, "succeeded"))
    assert not CreditNote.objects.exists()


def test_late_receipt_creates_credit_notes_for_succeeded_refunds():
    make_site()
    payment = paid()
    Receipt.objects.all().delete()
    payment = reload(payment)
    for status in ("succeeded", "failed"):
        sync_refunds(payment, ("re_1", 500, status))
    sync_refunds(payment, ("re_2", 300, "succeeded"))
    assert movement_amounts(payment) == [500, -500, 300]
    with transaction.atomic():
        receipt_queue(payment, EventSource.STAFF)
    assert [note.data["amount"] for note in CreditNote.objects.all()] == [300]
    sync_refunds(reload(payment), ("re_1", 500, "succeeded"))
    assert movement_amounts(payment) == [500, -500, 300, 500]
    notes = CreditNote.objects.order_by("number").values_list("data__amount", "turn", "kind")
    assert list(notes) == [(300, 1, "refund"), (500, 3, "refund")]


def test_movements_cannot_be_changed():
    make_site()
    payment = paid()
    sync_refunds(payment, ("re_1", 500, "succeeded"))
    row = RefundMovement.objects.get()
    for change in (row.save, row.delete):
        with pytest.raises(TypeError):
            change()
    assert movement_amounts(payment) == [500]


def test_later_changes_do_not_affect_the_credit_note():
    make_site()
    payment = paid()
    sync_refunds(payment, ("re_1", 500, "succeeded"))
    before = text_of(CreditNote.objects.get())
    make_site(seller_name="Somebody else", seller_address="Elsewhere")
    product = payment.product
    product.name = "Something else"
    product.save()
    assert text_of(CreditNote.objects.get()) == before


def test_credit_notes_and_receipts_have_separate_numbers():
    make_site()
    for reference in ("re_1", "re_2"):
        sync_refunds(paid(), (reference, 500, "succeeded"))
    kinds = ReceiptSeries.objects.order_by("kind").values_list("kind", "next_number")
    assert list(kinds) == [(SeriesKind.RECEIPT, 3), (SeriesKind.CREDIT_NOTE, 3)]


def test_partial_refunds_add_up_to_the_tax():
    make_site()
    payment = paid(tax_rate=19, amount=1000)
    assert payment.tax_amount == 160
    for number in range(3):
        sync_refunds(payment, (f"re_{number}", 333, "succeeded"))
    sync_refunds(payment, ("re_9", 1, "succeeded"))
    shares = [note.data["tax_amount"] for note in CreditNote.objects.order_by("number")]
    assert sum(shares) == 160
    assert all(abs(share - 53) <= 1 for share in shares[:3])


def test_changed_amount_cancels_and_replaces_the_credit_note():
    make_site()
    payment = paid()
    sync_refunds(payment, ("re_1", 500, "succeeded"))
    sync_refunds(payment, ("re_1", 600, "succeeded"))
    notes = [(n.kind, n.data["amount"]) for n in CreditNote.objects.order_by("number")]
    assert notes == [("refund", 500), ("cancellation", 500), ("refund", 600)]
    assert movement_amounts(payment) == [500, -500, 600]


def test_revenue_of_earlier_days_is_kept_when_a_refund_changes():
    """Each change has its own day, credit note and ledger entry."""
    make_site()
    payment = paid(tax_rate=7)
    statuses = ("succeeded", "failed", "succeeded")
    for ago, status in zip((3, 2, 1), statuses, strict=True):
        sync_refunds(payment, ("re_1", 500, status))
        last = RefundMovement.objects.order_by("pk").last()
        RefundMovement.objects.filter(pk=last.pk).update(
            moved_at=timezone.now() - timedelta(days=ago)
        )
    days_mark_stale(timezone.localdate() - timedelta(days=ago) for ago in (1, 2, 3))
    revenue_refresh()
    rows = DailyRevenue.objects.exclude(refunded=0).order_by("day")
    assert list(rows.values_list("refunded", "refunds")) == [(500, 1), (-500, 0), (500, 0)]
    this_week = Period(timezone.localdate() - timedelta(days=7), timezone.localdate(), payment.mode)
    lines = movements(make_user("boss", is_superuser=True), this_week)
    codes = CreditNote.objects.order_by("number").values_list("code", flat=True)
    found = [(line.amount, line.tax, line.document) for line in lines if "refund" in line.kind]
    amounts = [(-500, -33), (500, 33), (-500, -33)]
    assert found == [(*amount, code) for amount, code in zip(amounts, codes, strict=True)]


CHANGES = st.tuples(
    st.integers(0, 2), st.sampled_from(["pending", "succeeded", "failed", "canceled"])
)


@given(st.lists(CHANGES, max_size=10))
def test_credit_notes_match_the_refunds_after_any_changes(changes):
    """Numbers have no gaps, amounts match the refunds, and nothing is deleted."""
    with rolled_back():
        make_site()
        payment, seen = paid(tax_rate=19), set()
        for index, (number, status) in enumerate(changes):
            sync_refunds(payment, (f"re_{number}", 411, status))
            notes = list(CreditNote.objects.order_by("number"))
            assert seen <= {note.pk for note in notes}
            seen = {note.pk for note in notes}
            assert [note.number for note in notes] == list(range(1, len(notes) + 1))
            signs = {"refund": 1, "cancellation": -1}
            total = sum(signs[n.kind] * n.data["amount"] for n in notes)
            expected = 411 * len(succeeded_refunds(changes[: index + 1]))
            assert total == sum(movement_amounts(payment)) == expected
        lines = PaymentEvent.objects.filter(kind=EventKind.CREDIT_NOTE_ISSUED)
        assert lines.count() == len(seen)
        assert Delivery.objects.filter(kind="credit_note_email").count() == len(seen)


def succeeded_refunds(changes):
    """Return the numbers of the refunds that succeeded in the end."""
    succeeded = set()
    for number, status in changes:
        if status == "succeeded":
            succeeded.add(number)
        elif status != "pending":
            succeeded.discard(number)
    return succeeded


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
