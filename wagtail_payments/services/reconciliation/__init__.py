"""Compares a provider's books with ours, heals what is safe, and lists the rest.

Healing is asking: the provider's state is applied as always, under the row's lock and by the table of
transitions. So nothing here can do more than a webhook does.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from ...conf import payments_conf
from ...providers.base import Provider
from ...providers.exceptions import ProviderUnavailable
from ...providers.registry import get_provider
from .comparison import Comparison, Watch, unwatched
from .outcome import Outcome

__all__ = ["Outcome", "PaymentsUnanswered", "provider_reconcile", "reconciliation_run"]


class PaymentsUnanswered(ProviderUnavailable):
    """Some payments could not be compared; ``figures`` is what came of the others."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"No answer about {outcome.unanswered} payments.")
        self.figures = outcome.figures


def provider_reconcile(
    *, alias: str, since: datetime, dry_run: bool = False, watch: Watch = unwatched
) -> Outcome:
    """Compare everything of one provider since then; with ``dry_run`` change nothing.

    ``watch`` wraps each list that is walked, to show progress. Raises ProviderMisconfigured, or
    ProviderUnavailable when the provider's lists can't be read.
    """
    provider: Provider = get_provider(alias, interactive=False)
    return Comparison(provider, since, dry_run=dry_run, watch=watch).run()


def reconciliation_run(alias: str, *, watch: Watch = unwatched) -> dict[str, Any]:
    """Do the nightly comparison and return its figures.

    Raises PaymentsUnanswered when some payment could not be compared: then it is tried again.
    """
    since = timezone.now() - timedelta(days=payments_conf().RECONCILE_DAYS)
    outcome = provider_reconcile(alias=alias, since=since, watch=watch)
    if outcome.unanswered:
        raise PaymentsUnanswered(outcome)
    return outcome.figures
