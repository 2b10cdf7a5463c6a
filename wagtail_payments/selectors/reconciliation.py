"""Discrepancies and the comparison with providers, in words for staff."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_payments.enums import DiscrepancyKind, DisputeStatus, PaymentStatus, RefundStatus
from wagtail_payments.models import Discrepancy, Job
from wagtail_payments.money import format_amount

from .providers import of_current_modes, providers_pollable

RECONCILE = "reconcile:"
"""The prefix of the nightly jobs' names; the provider's alias follows."""


@dataclass(frozen=True, slots=True)
class DiscrepancyAction:
    """The one safe action for a discrepancy."""

    label: str | Promise
    explanation: str | Promise


ASK = DiscrepancyAction(
    gettext_lazy("Refresh from provider"),
    gettext_lazy(
        "This requests the current state of the payment from the provider and applies it. No money is "
        "moved."
    ),
)
DISMISS = DiscrepancyAction(
    gettext_lazy("Dismiss"),
    gettext_lazy(
        "The provider cannot be asked about it, or still reports a different state. Check this payment "
        "in its dashboard first. Dismissing it only removes it from this list, until it changes."
    ),
)
DISMISS_MISSING = DiscrepancyAction(
    gettext_lazy("Dismiss"),
    gettext_lazy(
        "Check this payment in the provider's dashboard first, and refund it there if nothing was sold "
        "for it. Dismissing it only removes it from this list."
    ),
)


def discrepancy_action(discrepancy: Discrepancy) -> DiscrepancyAction:
    """Return the action for a discrepancy."""
    if discrepancy_refreshable(discrepancy):
        return ASK
    return DISMISS_MISSING if discrepancy.kind == DiscrepancyKind.MISSING else DISMISS


def discrepancy_refreshable(discrepancy: Discrepancy) -> bool:
    """Tell whether a refresh may help: the provider can be asked, and was not asked in vain before."""
    if (
        not discrepancy.payment_id
        or discrepancy.asked_at
        or discrepancy.provider not in providers_pollable()
    ):
        return False
    return of_current_modes(Discrepancy.objects.filter(pk=discrepancy.pk)).exists()


def discrepancy_details(discrepancy: Discrepancy) -> str:
    """Return both sides of a discrepancy in words."""
    sides = {
        "local": _side(discrepancy, discrepancy.data.get("local")),
        "remote": _side(discrepancy, discrepancy.data.get("remote")),
    }
    return _("Here: %(local)s. At the provider: %(remote)s.") % sides


def reconciliation_jobs() -> QuerySet[Job]:
    """Return the nightly jobs, one per provider."""
    return Job.objects.filter(name__startswith=RECONCILE)


_STATUSES: dict[str, Any] = {
    DiscrepancyKind.REFUND: RefundStatus,
    DiscrepancyKind.DISPUTE: DisputeStatus,
}


def _side(discrepancy: Discrepancy, fields: dict[str, Any] | None) -> str:
    if fields is None:
        return _("nothing")
    statuses = _STATUSES.get(discrepancy.kind, PaymentStatus)
    status = fields["status"]
    words = str(statuses(status).label) if status in statuses.values else status
    amount = fields.get("captured") or fields.get("amount")
    currency = fields.get("currency") or (
        discrepancy.payment.currency if discrepancy.payment else ""
    )
    return f"{words}, {format_amount(amount, currency)}" if amount and currency else words
