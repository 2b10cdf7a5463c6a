"""Compares a provider's records with ours, corrects what is safe, and lists the rest.

A correction asks the provider for the current state and applies it as usual, under the row's lock
and by the table of transitions. So nothing here can do more than a webhook.
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
    """Some payments could not be compared. ``figures`` are the results of the others."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"Payments that could not be compared: {outcome.unanswered}.")
        self.figures = outcome.figures


def provider_reconcile(
    *, alias: str, since: datetime, dry_run: bool = False, watch: Watch = unwatched
) -> Outcome:
    """Compare the records of one provider since a time; with ``dry_run`` nothing is changed.

    ``watch`` wraps each list, to report progress. Raises ProviderMisconfigured, or ProviderUnavailable
    if the provider's lists cannot be read.
    """
    provider: Provider = get_provider(alias, interactive=False)
    outcome = Comparison(provider, since, dry_run=dry_run, watch=watch).run()
    if not dry_run:
        outcome.payouts = _payouts(provider, since, watch)
    return outcome


def reconciliation_run(alias: str, *, watch: Watch = unwatched) -> dict[str, Any]:
    """Run the nightly comparison and return its figures.

    Raises PaymentsUnanswered if some payment could not be compared: the job is then retried.
    """
    since = timezone.now() - timedelta(days=payments_conf().RECONCILE_DAYS)
    outcome = provider_reconcile(alias=alias, since=since, watch=watch)
    if outcome.unanswered:
        raise PaymentsUnanswered(outcome)
    return outcome.figures


def _payouts(provider: Provider, since: datetime, watch: Watch) -> int | None:
    """Synchronize payouts. If the key may not read them, the payments need not be compared again."""
    try:
        return payouts_keep(provider=provider, since=since, watch=watch)
    except ProviderError:
        logger.warning("%s: payouts cannot be read.\n%s", provider.alias, error_text())
        return None
