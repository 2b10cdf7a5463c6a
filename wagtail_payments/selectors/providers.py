"""Which providers are set up now, and which rows are theirs."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import Mode
from wagtail_payments.models import Payment
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider

Row = TypeVar("Row", bound=Model)


def providers_set_up() -> dict[str, Provider]:
    """Return the providers by alias. Those that can't be made are left out."""
    return {alias: made for alias in payments_conf().PROVIDERS if (made := _made(alias))}


def providers_pollable() -> list[str]:
    """Return the aliases of those that can tell how a payment stands."""
    return [alias for alias, provider in providers_set_up().items() if not provider.offline]


def of_current_modes(rows: QuerySet[Row], *, through: str = "") -> QuerySet[Row]:
    """Return those of ``rows`` whose provider is set up, in the mode that it is in now.

    ``through`` leads to the row that names both, as in "payment__". A provider knows nothing of the
    other mode: test payments are over once a site is live.
    """
    current = Q(pk__in=[])
    for alias, provider in providers_set_up().items():
        mode = Mode.LIVE if provider.live else Mode.TEST
        current |= Q(**{f"{through}provider": alias, f"{through}mode": mode})
    return rows.filter(current)


def live_or_current(rows: QuerySet[Row], *, through: str = "") -> QuerySet[Row]:
    """Return those of ``rows`` that are about real money, or about test money in test mode."""
    live = rows.filter(**{f"{through}mode": Mode.LIVE})
    return live | of_current_modes(rows, through=through)


def _made(alias: str) -> Provider | None:
    try:
        return get_provider(alias)
    except ProviderMisconfigured:
        return None


def providers_used() -> list[str]:
    """Return the aliases in the settings, and of all payments: there may be older ones.

    Each is one step along the index, so a million payments are as quick as a few.
    """
    aliases, last = set(payments_conf().PROVIDERS), ""
    while True:
        later = Payment.objects.filter(provider__gt=last).order_by("provider", "created_at", "pk")
        found = later.values_list("provider", flat=True).first()
        if found is None:
            return sorted(aliases)
        last = found
        aliases.add(found)
