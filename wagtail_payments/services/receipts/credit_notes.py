"""Credit notes: one for each refund, and another that cancels it if the refund fails later.

Only payments with a receipt get credit notes, which refer to its number.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings

from wagtail_payments.enums import CreditNoteKind, EventKind, EventSource, SeriesKind
from wagtail_payments.models import CreditNote, Delivery, Payment, Receipt, Refund, RefundMovement
from wagtail_payments.money import format_amount
from wagtail_payments.selectors.payments.payments import payment_seller
from wagtail_payments.services.audit.timeline import timeline_add

from .issue import moment_view, numbered_view, parties_data
from .numbering import TakenNumber, numbers_take


def credit_notes_due(payment: Payment, refunds: Iterable[Refund]) -> list[RefundMovement]:
    """Return the movements of ``refunds`` that have no credit note yet.

    Of movements before the receipt was issued, only the last one counts.
    """
    if not hasattr(payment, "receipt"):
        return []
    return [moved for refund in refunds for moved in _unnoted(refund)]


def credit_notes_issue(
    *, payment: Payment, due: Sequence[RefundMovement], source: EventSource
) -> None:
    """Issue the credit notes that are due. Call it last in the transaction, with the payment locked."""
    numbers = numbers_take(
        name=payment_seller(payment).receipt_series,
        mode=payment.mode,
        kind=SeriesKind.CREDIT_NOTE,
        count=len(due),
    )
    for moved, taken in zip(due, numbers, strict=True):
        _issue(payment, moved, taken, source)


def credit_note_view(note: CreditNote) -> dict[str, Any]:
    """Return the content of a credit note, with amounts and dates in the active language."""
    data = note.data
    return {
        **data,
        **numbered_view(note),
        "cancels": note.kind == CreditNoteKind.CANCELLATION and data["cancels"],
        "moved_at": moment_view(data["moved_at"]),
        "receipt_issued_at": moment_view(data["receipt_issued_at"]),
        "total": format_amount(data["amount"], data["currency"]),
    }


def credit_note_filename(note: CreditNote) -> str:
    """Return the PDF's file name, without any data of the payer."""
    return f"refund-{note.code}.pdf"


def credit_note_occurrence(refund: Refund, turn: int) -> str:
    """Return the occurrence of a credit note's email."""
    return f"{refund.public_id.hex}:{turn}"


def credit_note_of(delivery: Delivery) -> CreditNote:
    """Return the credit note of a delivery."""
    public_id, _, turn = delivery.occurrence.partition(":")
    notes = delivery.owner.credit_notes.select_related("series")
    return notes.get(refund__public_id=UUID(public_id), turn=int(turn))


def _unnoted(refund: Refund) -> Iterable[RefundMovement]:
    if last := _last_note(refund):
        return refund.movements.filter(turn__gt=last.turn)
    stands = refund.movements.last()
    return [stands] if stands and stands.amount > 0 else []


def _last_note(refund: Refund) -> CreditNote | None:
    return refund.credit_notes.order_by("turn").last()


def _issue(
    payment: Payment, moved: RefundMovement, taken: TakenNumber, source: EventSource
) -> None:
    cancels = _last_note(moved.refund) if moved.amount < 0 else None
    kind = CreditNoteKind.CANCELLATION if cancels else CreditNoteKind.REFUND
    note = CreditNote.objects.create(
        payment=payment,
        refund=moved.refund,
        kind=kind,
        turn=moved.turn,
        language=payment.language or settings.LANGUAGE_CODE,
        data=_data(payment, moved, cancels),
        **taken.fields,
    )
    timeline_add(
        payment=payment,
        kind=EventKind.CREDIT_NOTE_ISSUED,
        source=source,
        amount=note.data["amount"],
        number=note.code,
        note_kind=str(kind),
    )


def _data(payment: Payment, moved: RefundMovement, cancels: CreditNote | None) -> dict[str, Any]:
    amount = abs(moved.amount)
    return {
        **_parties(payment),
        "amount": amount,
        "tax_amount": cancels.data["tax_amount"] if cancels else _tax_of(payment, amount),
        "moved_at": moved.moved_at.isoformat(),
        "cancels": cancels.code if cancels else "",
    }


def _parties(payment: Payment) -> dict[str, Any]:
    receipt: Receipt = payment.receipt
    return {
        **parties_data(payment=payment, seller=payment_seller(payment)),
        "lines": receipt.data["lines"],
        "tax_rate": receipt.data["tax_rate"],
        "receipt": receipt.code,
        "receipt_issued_at": receipt.issued_at.isoformat(),
    }


def _tax_of(payment: Payment, amount: int) -> int:
    """Return the tax in a refund (minor units). All refunds together give back exactly the payment's tax."""
    receipt = payment.receipt.data
    whole, tax = receipt.get("received") or receipt["amount"], receipt["tax_amount"]
    noted, noted_tax = _noted(payment)
    return max(_rounded((noted + amount) * tax, whole) - noted_tax, 0)


def _noted(payment: Payment) -> tuple[int, int]:
    """Return the amount and the tax of the payment's credit notes (minor units)."""
    amount = tax = 0
    for note in payment.credit_notes.all():
        sign = 1 if note.kind == CreditNoteKind.REFUND else -1
        amount += sign * note.data["amount"]
        tax += sign * note.data["tax_amount"]
    return amount, tax


def _rounded(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
