"""Keeps our list of payouts the same as the provider's."""

from datetime import datetime
from typing import Any

from wagtail_payments.enums import Mode, PayoutStatus
from wagtail_payments.models import Payout
from wagtail_payments.money import is_currency
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.types import PayoutSnapshot
from wagtail_payments.utils.progress import Watch


def payouts_keep(*, provider: Provider, since: datetime, watch: Watch) -> int:
    """Book every payout since then, once, and what became of those that we know; return how many were news.

    ``watch`` wraps the provider's list. Raises ProviderUnavailable, or whatever else the list does.
    """
    mode = Mode.LIVE if provider.live else Mode.TEST
    snapshots = watch("payouts", provider.payouts_list(since))
    return sum(_keep(provider.alias, mode, snapshot) for snapshot in snapshots)


def _keep(alias: str, mode: Mode, snapshot: PayoutSnapshot) -> bool:
    """Book one; tell whether it was news. What isn't ISO 4217's money can't be added up."""
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
