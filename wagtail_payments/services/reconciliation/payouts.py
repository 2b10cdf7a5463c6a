"""Synchronizes payouts with the provider's list."""

from datetime import datetime
from typing import Any

from wagtail_payments.enums import Mode, PayoutStatus
from wagtail_payments.models import Payout
from wagtail_payments.money import is_currency
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.types import PayoutSnapshot
from wagtail_payments.utils.progress import Watch


def payouts_keep(*, provider: Provider, since: datetime, watch: Watch) -> int:
    """Record new and changed payouts since a time; return how many there were.

    ``watch`` wraps the provider's list. Raises ProviderUnavailable, and other errors of the list.
    """
    mode = Mode.LIVE if provider.live else Mode.TEST
    snapshots = watch("payouts", provider.payouts_list(since))
    return sum(_keep(provider.alias, mode, snapshot) for snapshot in snapshots)


def _keep(alias: str, mode: Mode, snapshot: PayoutSnapshot) -> bool:
    """Record one payout; return whether it changed. Currencies that ISO 4217 lacks are skipped."""
    if not is_currency(snapshot.currency):
        return False
    fields: dict[str, Any] = {
        "status": PayoutStatus(snapshot.status),
        "amount": snapshot.amount,
        "currency": snapshot.currency,
        "created_at": snapshot.created_at,
        "arrives_on": snapshot.arrives_on,
    }
    payout, is_new = Payout.objects.get_or_create(
        provider=alias, mode=mode, reference=snapshot.reference, defaults=fields
    )
    if is_new or all(getattr(payout, name) == value for name, value in fields.items()):
        return is_new
    return bool(Payout.objects.filter(pk=payout.pk).update(**fields))
