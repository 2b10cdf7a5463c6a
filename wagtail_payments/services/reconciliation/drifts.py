"""Keeps the list of what couldn't be healed: found once, seen again, resolved when it is gone."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from ...enums import DriftKind, EventSource
from ...models import Drift, Payment
from ...providers.exceptions import ReferenceUnknown
from ...selectors.reconciliation import drift_can_be_asked
from ..payments import payment_apply
from .differences import Difference, whole_differences


def drift_record(
    *, provider: str, mode: str, difference: Difference, payment: Payment | None
) -> Drift:
    """Note a difference, or that it is still there. One that has become another one is new again."""
    names = {"provider": provider, "mode": mode, "reference": difference.reference}
    facts = {"payment": payment, "data": difference.data, "seen_at": timezone.now()}
    drift, found = Drift.objects.get_or_create(**names, kind=difference.kind, defaults=facts)
    if not found:
        if drift.data != difference.data:
            drift.dismissed, drift.asked_at = False, None
        for name, value in {**facts, "resolved_at": None}.items():
            setattr(drift, name, value)
        drift.save()
    return drift


def drifts_unseen(*, provider: str, mode: str, since: datetime) -> Iterator[Drift]:
    """Yield what was listed before and not met again since then: it may just not have been looked at."""
    listed = Drift.objects.filter(
        provider=provider, mode=mode, resolved_at=None, seen_at__lt=since, payment__isnull=False
    )
    return listed.select_related("payment").iterator(chunk_size=100)


def drift_resolve_if_gone(drift: Drift) -> bool:
    """Ask the provider once more, and resolve the difference if there is none now; tell whether.

    Raises ProviderError when it doesn't answer.
    """
    if not _is_gone(drift):
        return False
    return bool(Drift.objects.filter(pk=drift.pk).update(resolved_at=timezone.now()))


def drift_settle(*, drift_id: int) -> bool:
    """Do the one safe thing about a difference, and tell whether it is settled.

    The provider is asked once more. What can't be asked about, or was without avail, is dismissed.
    Raises ProviderError when it doesn't answer.
    """
    drift = Drift.objects.get(pk=drift_id)
    if not drift_can_be_asked(drift):
        return bool(Drift.objects.filter(pk=drift.pk).update(dismissed=True))
    settled = drift_resolve_if_gone(drift)
    Drift.objects.filter(pk=drift.pk).update(asked_at=timezone.now())
    return settled


def _is_gone(drift: Drift) -> bool:
    try:
        applied = payment_apply(payment_id=drift.payment_id or 0, source=EventSource.RECONCILIATION)
    except ReferenceUnknown:
        return False
    if applied.snapshot is None:
        return False
    left = whole_differences(applied.payment, applied.snapshot)
    still = {(each.kind, each.reference) for each in left}
    return (DriftKind(drift.kind), drift.reference) not in still
