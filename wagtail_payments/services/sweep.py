"""Finds what nobody finished: the safety net under the queue, which may lose everything.

Rows are the truth. Whatever is due is handed out again; leases keep two workers apart.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from ..enums import UNFINISHED_STATUSES, EventSource
from ..models import Payment
from ..providers.exceptions import ProviderError
from .deliveries import deliveries_due
from .payments import payment_apply
from .webhooks import webhooks_due

_GRACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Due:
    """Ids of what should be worked on now."""

    webhook_ids: list[int]
    delivery_ids: list[int]
    payment_ids: list[int]


def sweep_due() -> Due:
    """Return everything that waits for a worker."""
    return Due(webhooks_due(), deliveries_due(), payments_overdue())


def payments_overdue(limit: int = 100) -> list[int]:
    """Return unfinished payments whose checkout should be over by now: the provider knows more."""
    overdue = Payment.objects.filter(
        status__in=UNFINISHED_STATUSES, expires_at__lt=timezone.now() - _GRACE
    ).exclude(checkout_reference=None)
    return list(overdue.order_by("expires_at").values_list("pk", flat=True)[:limit])


def payment_chase(*, payment_id: int) -> list[int]:
    """Ask the provider about an overdue payment; return the ids of deliveries that are owed now."""
    try:
        return payment_apply(payment_id=payment_id, source=EventSource.SWEEP).delivery_ids
    except ProviderError:
        # The next sweep asks again.
        return []
