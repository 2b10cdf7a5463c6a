"""Reads about the comparison with providers, in words for staff."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_payments.enums import DisputeStatus, DriftKind, PaymentStatus, RefundStatus
from wagtail_payments.models import Drift, Job
from wagtail_payments.money import format_amount

from .providers import of_current_modes, providers_askable

RECONCILE = "reconcile:"
"""What the names of the nightly jobs begin with; the provider's alias follows."""


@dataclass(frozen=True, slots=True)
class DriftAction:
    """The one safe thing to do about a difference."""

    label: str | Promise
    explanation: str | Promise


ASK = DriftAction(
    gettext_lazy("Ask the provider again"),
    gettext_lazy(
        "The provider is asked how this payment stands now, and what it says is booked. No money is "
        "moved."
    ),
)
DISMISS = DriftAction(
    gettext_lazy("Dismiss"),
    gettext_lazy(
        "The provider can't be asked about it, or still says otherwise. Look at this payment in its "
        "dashboard first. Dismissing only takes it off this list, until it changes."
    ),
)
DISMISS_MISSING = DriftAction(
    gettext_lazy("Dismiss"),
    gettext_lazy(
        "Look at this payment in the provider's dashboard first, and refund it there if nobody is owed "
        "anything for it. Dismissing only takes it off this list."
    ),
)


def drift_action(drift: Drift) -> DriftAction:
    """Return what can be done about a difference."""
    if drift_can_be_asked(drift):
        return ASK
    return DISMISS_MISSING if drift.kind == DriftKind.MISSING else DISMISS


def drift_can_be_asked(drift: Drift) -> bool:
    """Tell whether asking the provider may help: it can be asked, and wasn't asked in vain already."""
    if not drift.payment_id or drift.asked_at or drift.provider not in providers_askable():
        return False
    return of_current_modes(Drift.objects.filter(pk=drift.pk)).exists()


def drift_facts(drift: Drift) -> str:
    """Return both sides of a difference in words."""
    sides = {
        "ours": _side(drift, drift.data.get("ours")),
        "theirs": _side(drift, drift.data.get("theirs")),
    }
    return _("Here: %(ours)s. There: %(theirs)s.") % sides


def reconciliation_jobs() -> QuerySet[Job]:
    """Return the nightly jobs, one a provider."""
    return Job.objects.filter(name__startswith=RECONCILE)


_STATUSES: dict[str, Any] = {
    DriftKind.REFUND: RefundStatus,
    DriftKind.DISPUTE: DisputeStatus,
}


def _side(drift: Drift, facts: dict[str, Any] | None) -> str:
    if facts is None:
        return _("nothing")
    statuses = _STATUSES.get(drift.kind, PaymentStatus)
    status = facts["status"]
    words = str(statuses(status).label) if status in statuses.values else status
    amount = facts.get("captured") or facts.get("amount")
    currency = facts.get("currency") or (drift.payment.currency if drift.payment else "")
    return f"{words}, {format_amount(amount, currency)}" if amount and currency else words
