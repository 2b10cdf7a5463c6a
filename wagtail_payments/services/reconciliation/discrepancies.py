"""Maintains the list of discrepancies: found, seen again, and resolved when they are gone."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils import timezone

from wagtail_payments.enums import DiscrepancyKind, EventSource
from wagtail_payments.models import Discrepancy, Payment
from wagtail_payments.providers.exceptions import ReferenceUnknown
from wagtail_payments.services.payments.apply import payment_apply

from .differences import Difference, whole_differences


def discrepancy_record(
    *, provider: str, mode: str, difference: Difference, payment: Payment | None
) -> Discrepancy:
    """Record a discrepancy, or that it still exists. If it came back or changed, it is new."""
    names = {"provider": provider, "mode": mode, "reference": difference.reference}
    fields = {"payment": payment, "data": difference.data, "seen_at": timezone.now()}
    discrepancy, found = Discrepancy.objects.get_or_create(
        **names, kind=difference.kind, defaults=fields
    )
    if not found:
        if discrepancy.resolved_at or discrepancy.data != difference.data:
            discrepancy.dismissed, discrepancy.asked_at = False, None
        for name, value in {**fields, "resolved_at": None}.items():
            setattr(discrepancy, name, value)
        discrepancy.save()
    return discrepancy


def discrepancies_unseen(*, provider: str, mode: str, since: datetime) -> Iterator[Discrepancy]:
    """Yield the open discrepancies not seen since a time; they may not have been compared.

    One query each: an open cursor would keep SQLite from writing the provider's answers.
    """
    listed = Discrepancy.objects.filter(
        provider=provider,
        mode=mode,
        resolved_at=None,
        dismissed=False,
        seen_at__lt=since,
        payment__isnull=False,
    )
    for pk in list(listed.values_list("pk", flat=True)):
        yield Discrepancy.objects.select_related("payment").get(pk=pk)


def discrepancies_dismissed_resolve(
    *, provider: str, mode: str, since: datetime, payment_ids: Collection[int]
) -> None:
    """Resolve dismissed discrepancies of these payments that were not seen since a time.

    The provider is not asked: they are off the list already. If one comes back, it is listed again.
    """
    dismissed = Discrepancy.objects.filter(
        provider=provider, mode=mode, resolved_at=None, dismissed=True, seen_at__lt=since
    )
    for pk, payment_id in list(dismissed.values_list("pk", "payment")):
        if payment_id in payment_ids:
            Discrepancy.objects.filter(pk=pk).update(resolved_at=timezone.now())


def discrepancy_resolve_if_gone(discrepancy: Discrepancy) -> bool:
    """Refresh the payment, and resolve the discrepancy if it is gone; return whether it is.

    Raises ProviderError if the provider does not answer.
    """
    if not _is_gone(discrepancy):
        return False
    return bool(Discrepancy.objects.filter(pk=discrepancy.pk).update(resolved_at=timezone.now()))


def discrepancy_dismiss(*, discrepancy_id: int) -> None:
    """Dismiss a discrepancy, until it changes or comes back."""
    Discrepancy.objects.filter(pk=discrepancy_id).update(dismissed=True)


def discrepancy_refresh(*, discrepancy_id: int) -> bool:
    """Refresh the payment on request of staff; return whether the discrepancy is resolved.

    Raises ProviderError if the provider does not answer.
    """
    settled = discrepancy_resolve_if_gone(Discrepancy.objects.get(pk=discrepancy_id))
    if not settled:
        Discrepancy.objects.filter(pk=discrepancy_id).update(asked_at=timezone.now())
    return settled


def _is_gone(discrepancy: Discrepancy) -> bool:
    try:
        applied = payment_apply(
            payment_id=discrepancy.payment_id or 0, source=EventSource.RECONCILIATION
        )
    except ReferenceUnknown:
        return False
    if applied.snapshot is None:
        return False
    left = whole_differences(applied.payment, applied.snapshot)
    still = {(item.kind, item.reference) for item in left}
    return (DiscrepancyKind(discrepancy.kind), discrepancy.reference) not in still
