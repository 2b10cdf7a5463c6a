"""Erases payers. Their payments stay, with amounts, numbers, taxes and dates."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from wagtail_payments.enums import EventKind, EventSource
from wagtail_payments.models import Payment, PaymentsLogEntry, WebhookEvent
from wagtail_payments.services.audit.timeline import timeline_add

from .counts import ErasureCounts, erasure_counts, exports_with, payloads_of
from .redaction import FREE_TEXT, Scrub
from .search import left_out_reason

_PAYER = (
    "payer",
    "payer_name",
    "payer_email",
    "email_key",
    "name_key",
    "surname_key",
    "erased_at",
    "version",
)


def payers_erase(
    *, payments: Collection[Payment], actor: Any = None, source: EventSource = EventSource.STAFF
) -> ErasureCounts:
    """Erase the payers of ``payments``; return what was changed. Some payments may have to wait.

    Each payment is a transaction of its own, so an interrupted erasure can be repeated.
    """
    counts = erasure_counts(payments)
    erased = sum(payment_erase(payment.pk, actor=actor, source=source) for payment in payments)
    return replace(counts, payments=erased)


def payment_erase(payment_id: int, *, actor: Any, source: EventSource) -> bool:
    """Erase the payer of one payment; return False if it has to wait.

    Export files that may contain the payer are deleted, including those requested in the meantime.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if left_out_reason(payment) or _is_erased(payment):
            return False
        _erase_around(payment)
        _erase_payer(payment)
        timeline_add(payment=payment, kind=EventKind.ERASED, source=source, actor=actor)
    # Only once the erasure is committed: a file created before that still contains the payer.
    exports_with([payment]).delete()
    return True


def _is_erased(payment: Payment) -> bool:
    text = payment.payer_id or payment.payer_name or payment.payer_email
    return payment.erased_at is not None and not text


def _erase_around(payment: Payment) -> None:
    """Erase the payer from all texts about the payment, while the payer is still known."""
    scrub = Scrub(payment)
    refused = payment.events.filter(kind=EventKind.REFUND_CHANGED)
    scrub.rows(refused, "data", keys=("reason",))
    scrub.rows(payment.events.all(), "data", keys=FREE_TEXT)
    payment.events.filter(source=EventSource.VISITOR).update(actor=None)
    scrub.rows(payment.refunds.all(), "note", "failure_reason")
    scrub.rows(payment.disputes.all(), "reason")
    scrub.rows(payment.discrepancies.all(), "data", keys=FREE_TEXT)
    scrub.rows(PaymentsLogEntry.objects.filter(payment=payment), "data", "label", keys=FREE_TEXT)
    payment.refunds.update(last_error="")
    payment.deliveries.update(last_error="")
    scrub.rows(payloads_of(payment).defer("body"), "metadata")
    payloads_of(payment).update(body=b"", last_error="")
    documents: Iterable[Any] = [*payment.credit_notes.all(), getattr(payment, "receipt", None)]
    for document in filter(None, documents):
        document.data = {**document.data, "payer": {"name": "", "email": ""}}
        document.save(update_fields=["data"])


def _erase_payer(payment: Payment) -> None:
    payment.payer = None
    payment.payer_name = payment.payer_email = ""
    payment.erased_at = timezone.now()
    payment.version += 1
    payment.save(update_fields=_PAYER)


_BATCH = 500


def erased_payloads_remove() -> int:
    """Remove the payloads of events about erased payers; return how many."""
    erased = Payment.objects.filter(erased_at__isnull=False).order_by()
    about = Q(payment__in=erased.values("pk"))
    for name in ("checkout_reference", "payment_reference"):
        about |= Q(**{f"{name}__in": erased.exclude(**{name: None}).values(name)})
    events = WebhookEvent.objects.exclude(body=b"").filter(about)
    pks = list(events.values_list("pk", flat=True))
    for first in range(0, len(pks), _BATCH):
        some = WebhookEvent.objects.filter(pk__in=pks[first : first + _BATCH])
        some.update(body=b"", last_error="")
    return len(pks)
