"""Erases payers automatically after the retention period."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import UNPAID_STATUSES, EventSource, PaymentStatus
from wagtail_payments.models import Dispute, Payment, Refund
from wagtail_payments.utils.progress import Watch, unwatched

from .erasure import payment_erase

_BATCH = 500


def retention_find() -> QuerySet[Payment]:
    """Return the payments past their retention period; some may still have to wait.

    ``PAYER_RETENTION_DAYS`` counts from the last movement of money, ``ATTEMPT_RETENTION_DAYS`` from the
    expiry of the checkout.
    """
    kept = Payment.objects.filter(erased_at=None)
    return kept.filter(_long_paid() | _long_unpaid()).order_by("pk")


def retention_apply(*, watch: Watch = unwatched) -> int:
    """Erase the payers past their retention period; return how many."""
    erased = 0
    for payment_id in watch("payers", _ids(retention_find())):
        erased += payment_erase(payment_id, actor=None, source=EventSource.SYSTEM)
    return erased


def _ids(payments: QuerySet[Payment]) -> Iterable[int]:
    """Yield the ids in batches: erased payments drop out, waiting ones are skipped."""
    last = 0
    while batch := list(payments.filter(pk__gt=last).values_list("pk", flat=True)[:_BATCH]):
        yield from batch
        last = batch[-1]


def _long_paid() -> Q:
    until = _until(payments_conf().PAYER_RETENTION_DAYS)
    if until is None:
        return Q(pk__in=[])
    refunds = Refund.objects.filter(Q(created_at__gte=until) | Q(movements__moved_at__gte=until))
    disputes = Dispute.objects.filter(Q(created_at__gte=until) | Q(closed_at__gte=until))
    moved = Q(pk__in=refunds.values("payment")) | Q(pk__in=disputes.values("payment"))
    return Q(status=PaymentStatus.SUCCEEDED, paid_at__lt=until) & ~moved


def _long_unpaid() -> Q:
    until = _until(payments_conf().ATTEMPT_RETENTION_DAYS)
    if until is None:
        return Q(pk__in=[])
    return Q(status__in=UNPAID_STATUSES, created_at__lt=until, expires_at__lt=until)


def _until(days: int | None) -> datetime | None:
    return None if days is None else timezone.now() - timedelta(days=days)
