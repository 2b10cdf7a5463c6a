"""The providers that are set up now, and their rows."""

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
    """Return the providers by alias. Those that cannot be created are left out."""
    return {alias: made for alias in payments_conf().PROVIDERS if (made := _made(alias))}


def providers_pollable() -> list[str]:
    """Return the aliases of providers that can be polled."""
    return [alias for alias, provider in providers_set_up().items() if not provider.offline]


def of_current_modes(rows: QuerySet[Row], *, through: str = "") -> QuerySet[Row]:
    """Return the ``rows`` whose provider is set up in their mode.

    ``through`` leads to the row with provider and mode, such as "payment__". A provider does not know
    objects of the other mode, so test payments are over once a site is live.
    """
    current = Q(pk__in=[])
    for alias, provider in providers_set_up().items():
        mode = Mode.LIVE if provider.live else Mode.TEST
        current |= Q(**{f"{through}provider": alias, f"{through}mode": mode})
    return rows.filter(current)


def live_or_current(rows: QuerySet[Row], *, through: str = "") -> QuerySet[Row]:
    """Return the ``rows`` with real money, or with test money in test mode."""
    live = rows.filter(**{f"{through}mode": Mode.LIVE})
    return live | of_current_modes(rows, through=through)


def _made(alias: str) -> Provider | None:
    try:
        return get_provider(alias)
    except ProviderMisconfigured:
        return None


def providers_used() -> list[str]:
    """Return the aliases in the settings and of all payments, which may have older ones.

    Each is one step along the index, so a million payments are as fast as a few.
    """
    aliases, last = set(payments_conf().PROVIDERS), ""
    while True:
        later = Payment.objects.filter(provider__gt=last).order_by("provider", "created_at", "pk")
        found = later.values_list("provider", flat=True).first()
        if found is None:
            return sorted(aliases)
        last = found
        aliases.add(found)
