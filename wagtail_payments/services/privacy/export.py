"""Exports the data of one payer as readable JSON."""

from collections.abc import Collection, Iterable
from typing import Any

from wagtail_payments.enums import EventSource
from wagtail_payments.models import Payment
from wagtail_payments.money import format_plain

_PAYMENT = (
    "title",
    "price_name",
    "quantity",
    "currency",
    "payer_name",
    "payer_email",
    "language",
    "page_title",
    "page_url",
    "terms_url",
    "provider",
    "mode",
    "checkout_reference",
    "payment_reference",
    "method_type",
    "method_brand",
    "method_last4",
)


def payer_export(payments: Collection[Payment]) -> dict[str, Any]:
    """Return the stored data of the payer of ``payments``; amounts are in main units.

    Notes of staff are not included: the forms say that payers do not see them.
    """
    return {"payments": [_payment(payment) for payment in payments]}


def _payment(payment: Payment) -> dict[str, Any]:
    receipt = getattr(payment, "receipt", None)
    return {
        "transaction_id": str(payment.public_id),
        "status": payment.status,
        "amount": _plain(payment.amount, payment),
        "tax": _plain(payment.tax_amount, payment),
        "refunded": _plain(payment.refunded_amount, payment),
        **{name: getattr(payment, name) or "" for name in _PAYMENT},
        "user": payment.payer.get_username() if payment.payer else "",
        "started": payment.created_at.isoformat(),
        "paid": _moment(payment.paid_at),
        "receipt": _document(receipt) if receipt else None,
        "credit_notes": [_document(note) for note in payment.credit_notes.all()],
        "refunds": _rows(payment.refunds.all(), payment, "status", "reason"),
        "disputes": _rows(payment.disputes.all(), payment, "status", "reason"),
        "timeline": [_line(event) for event in payment.events.all()],
        "deliveries": [_delivery(delivery) for delivery in payment.deliveries.all()],
    }


def _rows(rows: Iterable[Any], payment: Payment, *names: str) -> list[dict[str, Any]]:
    return [
        {
            "created": row.created_at.isoformat(),
            "amount": _plain(row.amount, payment),
            **{name: getattr(row, name) for name in names},
        }
        for row in rows
    ]


def _document(document: Any) -> dict[str, Any]:
    return {
        "number": document.code,
        "issued": document.issued_at.isoformat(),
        "content": document.data,
    }


def _line(event: Any) -> dict[str, Any]:
    return {
        "created": event.created_at.isoformat(),
        "kind": str(event.get_kind_display()),
        "source": str(event.get_source_display()),
        "data": {key: value for key, value in event.data.items() if not _is_staff_note(event, key)},
    }


def _is_staff_note(event: Any, key: str) -> bool:
    return key == "note" and event.source == EventSource.STAFF


def _delivery(delivery: Any) -> dict[str, Any]:
    return {"kind": str(delivery), "state": delivery.state, "sent": _moment(delivery.sent_at)}


def _plain(amount: int, payment: Payment) -> str:
    return f"{format_plain(amount, payment.currency)} {payment.currency}"


def _moment(moment: Any) -> str:
    return moment.isoformat() if moment else ""
