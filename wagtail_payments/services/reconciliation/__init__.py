"""Compares a provider's books with ours, heals what is safe, and lists the rest.

Healing is asking: the provider's state is applied as always, under the row's lock and by the table of
transitions. So nothing here can do more than a webhook does.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import ProviderError, ProviderUnavailable
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.utils.progress import Watch, unwatched
from wagtail_payments.utils.tracebacks import error_text

from .comparison import Comparison
from .outcome import Outcome
from .payouts import payouts_keep

logger = logging.getLogger(__name__)

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
    outcome = Comparison(provider, since, dry_run=dry_run, watch=watch).run()
    if not dry_run:
        outcome.payouts = _payouts(provider, since, watch)
    return outcome


def reconciliation_run(alias: str, *, watch: Watch = unwatched) -> dict[str, Any]:
    """Do the nightly comparison and return its figures.

    Raises PaymentsUnanswered when some payment could not be compared: then it is tried again.
    """
    since = timezone.now() - timedelta(days=payments_conf().RECONCILE_DAYS)
    outcome = provider_reconcile(alias=alias, since=since, watch=watch)
    if outcome.unanswered:
        raise PaymentsUnanswered(outcome)
    return outcome.figures


def _payouts(provider: Provider, since: datetime, watch: Watch) -> int | None:
    """Keep the payouts. A key that may not read them is no reason to compare payments again."""
    try:
        return payouts_keep(provider=provider, since=since, watch=watch)
    except ProviderError:
        logger.warning("%s: payouts can't be read.\n%s", provider.alias, error_text())
        return None
