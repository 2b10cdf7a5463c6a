"""Keeps the list of what couldn't be healed: found once, seen again, resolved when it is gone."""

from datetime import datetime

from django.utils import timezone

from ...enums import DriftKind, EventSource
from ...models import Drift, Payment
from ...providers.exceptions import ReferenceUnknown
from ..payments import payment_apply
from .differences import Difference, payment_differences


def drift_record(
    *, provider: str, mode: str, difference: Difference, payment: Payment | None
) -> Drift:
    """Note a difference, or that it is still there."""
    facts = {"payment": payment, "data": difference.data, "seen_at": timezone.now()}
    drift, _ = Drift.objects.update_or_create(
        provider=provider,
        mode=mode,
        kind=difference.kind,
        reference=difference.reference,
        defaults={**facts, "resolved_at": None},
    )
    return drift


def drifts_resolve_unseen(*, provider: str, mode: str, since: datetime) -> int:
    """Resolve what a whole comparison, begun at ``since``, didn't meet any more; return how many."""
    gone = Drift.objects.filter(provider=provider, mode=mode, resolved_at=None, seen_at__lt=since)
    return gone.update(resolved_at=timezone.now())


def drift_settle(*, drift_id: int) -> bool:
    """Do the one safe thing about a difference, and tell whether it is settled.

    A payment that isn't ours is dismissed. About any other one the provider is asked once more.
    Raises ProviderError when it doesn't answer.
    """
    drift = Drift.objects.get(pk=drift_id)
    if drift.payment_id is None:
        return bool(Drift.objects.filter(pk=drift.pk).update(dismissed=True))
    if not _is_gone(drift):
        return False
    return bool(Drift.objects.filter(pk=drift.pk).update(resolved_at=timezone.now()))


def _is_gone(drift: Drift) -> bool:
    try:
        applied = payment_apply(payment_id=drift.payment_id or 0, source=EventSource.RECONCILIATION)
    except ReferenceUnknown:
        return False
    if applied.snapshot is None:
        return False
    left = payment_differences(applied.payment, applied.snapshot)
    still = {(each.kind, each.reference) for each in left}
    return (DriftKind(drift.kind), drift.reference) not in still
