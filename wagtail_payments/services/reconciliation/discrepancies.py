"""Keeps the list of what couldn't be healed: found once, seen again, resolved when it is gone."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils import timezone

from wagtail_payments.enums import DriftKind, EventSource
from wagtail_payments.models import Drift, Payment
from wagtail_payments.providers.exceptions import ReferenceUnknown
from wagtail_payments.services.payments.apply import payment_apply

from .differences import Difference, whole_differences


def drift_record(
    *, provider: str, mode: str, difference: Difference, payment: Payment | None
) -> Drift:
    """Note a difference, or that it is still there. One that came back, or became another, is new."""
    names = {"provider": provider, "mode": mode, "reference": difference.reference}
    facts = {"payment": payment, "data": difference.data, "seen_at": timezone.now()}
    drift, found = Drift.objects.get_or_create(**names, kind=difference.kind, defaults=facts)
    if not found:
        if drift.resolved_at or drift.data != difference.data:
            drift.dismissed, drift.asked_at = False, None
        for name, value in {**facts, "resolved_at": None}.items():
            setattr(drift, name, value)
        drift.save()
    return drift


def drifts_unseen(*, provider: str, mode: str, since: datetime) -> Iterator[Drift]:
    """Yield what is listed and wasn't met again since then: it may just not have been looked at.

    One by one: a list that is still being read would keep SQLite from writing what the provider says.
    """
    listed = Drift.objects.filter(
        provider=provider,
        mode=mode,
        resolved_at=None,
        dismissed=False,
        seen_at__lt=since,
        payment__isnull=False,
    )
    for pk in list(listed.values_list("pk", flat=True)):
        yield Drift.objects.select_related("payment").get(pk=pk)


def drifts_dismissed_resolve(
    *, provider: str, mode: str, since: datetime, payment_ids: Collection[int]
) -> None:
    """Resolve what was dismissed about these payments and wasn't met again since then.

    Nobody is asked: it is off the list already. If it comes back, it is listed anew.
    """
    dismissed = Drift.objects.filter(
        provider=provider, mode=mode, resolved_at=None, dismissed=True, seen_at__lt=since
    )
    for pk, payment_id in list(dismissed.values_list("pk", "payment")):
        if payment_id in payment_ids:
            Drift.objects.filter(pk=pk).update(resolved_at=timezone.now())


def drift_resolve_if_gone(drift: Drift) -> bool:
    """Ask the provider once more, and resolve the difference if there is none now; tell whether.

    Raises ProviderError when it doesn't answer.
    """
    if not _is_gone(drift):
        return False
    return bool(Drift.objects.filter(pk=drift.pk).update(resolved_at=timezone.now()))


def drift_dismiss(*, drift_id: int) -> None:
    """Take a difference off the list, until it changes or comes back."""
    Drift.objects.filter(pk=drift_id).update(dismissed=True)


def drift_ask(*, drift_id: int) -> bool:
    """Ask the provider once more because staff want it, and tell whether that settled it.

    Raises ProviderError when it doesn't answer.
    """
    settled = drift_resolve_if_gone(Drift.objects.get(pk=drift_id))
    if not settled:
        Drift.objects.filter(pk=drift_id).update(asked_at=timezone.now())
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
