"""Counts what an erasure would change."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from wagtail_payments.models import CreditNote, Export, Payment, Receipt, WebhookEvent


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """The number of rows that lose the payer's data; ``exports`` are deleted."""

    payments: int = 0
    receipts: int = 0
    credit_notes: int = 0
    payloads: int = 0
    exports: int = 0


def erasure_counts(payments: Collection[Payment]) -> ErasureCounts:
    """Count what erasing the payers of ``payments`` would change."""
    pks = [payment.pk for payment in payments]
    return ErasureCounts(
        payments=len(pks),
        receipts=sum(Receipt.objects.filter(payment__in=part).count() for part in parts(pks)),
        credit_notes=sum(
            CreditNote.objects.filter(payment__in=part).count() for part in parts(pks)
        ),
        payloads=sum(payloads_of(payment).exclude(body=b"").count() for payment in payments),
        exports=exports_with(payments).count(),
    )


def payloads_of(payment: Payment) -> QuerySet[WebhookEvent]:
    """Return the webhook events about ``payment``, including those not processed yet."""
    about = Q(payment=payment)
    same = Q(provider=payment.provider)
    for name in ("checkout_reference", "payment_reference"):
        if reference := getattr(payment, name):
            about |= same & Q(**{name: reference})
    return WebhookEvent.objects.filter(about)


def exports_with(payments: Collection[Payment]) -> QuerySet[Export]:
    """Return the exports that may contain one of ``payments``: all that were created since."""
    if not payments:
        return Export.objects.none()
    return Export.objects.filter(created_at__gte=min(item.created_at for item in payments))


def parts(pks: list[int], size: int = 500) -> Iterator[list[int]]:
    """Yield ``pks`` in batches that every database accepts in one query."""
    for first in range(0, len(pks), size):
        yield pks[first : first + size]
