"""Compares a provider's books with ours, heals what is safe, and lists the rest.

Healing is asking: the provider's state is applied as always, under the row's lock and by the table of
transitions. So nothing here can do more than a webhook does.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from ...conf import payments_conf
from ...providers.base import Provider
from ...providers.exceptions import ProviderMisconfigured, ProviderUnavailable
from ...providers.registry import get_provider
from .comparison import Comparison, Watch, unwatched
from .outcome import Outcome

__all__ = ["Outcome", "provider_reconcile", "providers_reconcilable", "reconciliation_run"]


def providers_reconcilable() -> list[str]:
    """Return the aliases of the providers that can be asked. Those that can't be made are left out."""
    return [alias for alias in payments_conf().PROVIDERS if _can_be_asked(alias)]


def provider_reconcile(
    *, alias: str, since: datetime, dry_run: bool = False, watch: Watch = unwatched
) -> Outcome:
    """Compare everything of one provider since then; with ``dry_run`` change nothing.

    ``watch`` wraps each list that is walked, to show progress. Raises ProviderMisconfigured, or
    ProviderUnavailable when the provider's lists can't be read.
    """
    provider: Provider = get_provider(alias, interactive=False)
    return Comparison(provider, since, dry_run=dry_run, watch=watch).run()


def reconciliation_run(alias: str) -> dict[str, Any]:
    """Do the nightly comparison and return its figures.

    Raises ProviderUnavailable when some payment could not be asked about: then it is tried again.
    """
    since = timezone.now() - timedelta(days=payments_conf().RECONCILE_DAYS)
    outcome = provider_reconcile(alias=alias, since=since)
    if outcome.unanswered:
        raise ProviderUnavailable(f"No answer about {outcome.unanswered} payments.")
    return outcome.figures


def _can_be_asked(alias: str) -> bool:
    try:
        return not get_provider(alias).manual
    except ProviderMisconfigured:
        return False
