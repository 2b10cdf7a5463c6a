"""Problems in words for staff, each with the page to look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from .health import Health


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence, with the URL name and query of the admin page for it.

    ``code`` identifies the problem, whatever the numbers in the sentence.
    """

    code: str
    text: str
    url_name: str
    query: str = ""


_EVENTS = "wagtail_payments_webhookevent:index"
_DELIVERIES = "wagtail_payments_delivery:index"
_DISCREPANCIES = "wagtail_payments_discrepancy:index"
_PAYMENTS = "wagtail_payments_payment:index"

_COUNTED: tuple[tuple[str, Any, str, str], ...] = (
    (
        "failed",
        ngettext_lazy("%(count)d event failed.", "%(count)d events failed.", "count"),
        _EVENTS,
        "state=failed",
    ),
    (
        "failing",
        ngettext_lazy(
            "%(count)d event has errors and is retried.",
            "%(count)d events have errors and are retried.",
            "count",
        ),
        _EVENTS,
        "state=pending",
    ),
    (
        "deliveries_failed",
        ngettext_lazy(
            "%(count)d email or signal could not be sent.",
            "%(count)d emails or signals could not be sent.",
            "count",
        ),
        _DELIVERIES,
        "state=failed",
    ),
    (
        "refunds_failing",
        ngettext_lazy(
            "%(count)d refund has no answer from the provider yet.",
            "%(count)d refunds have no answer from the provider yet.",
            "count",
        ),
        _PAYMENTS,
        "",
    ),
    (
        "payments_to_review",
        ngettext_lazy(
            "%(count)d payment to review.",
            "%(count)d payments to review.",
            "count",
        ),
        _PAYMENTS,
        "to_review=true",
    ),
    (
        "discrepancies",
        ngettext_lazy(
            "%(count)d discrepancy with the provider.",
            "%(count)d discrepancies with the provider.",
            "count",
        ),
        _DISCREPANCIES,
        "",
    ),
)
"""The counts: field of ``Health``, sentence, page and query."""


def health_problems(health: Health) -> list[Problem]:
    """Return the problems, the most serious first."""
    counted = [
        Problem(name, text % {"count": getattr(health, name)}, url_name, query)
        for name, text, url_name, query in _COUNTED
        if getattr(health, name)
    ]
    return [*_stopped(health), *counted]


def _stopped(health: Health) -> Iterator[Problem]:
    if health.stalled:
        minutes = int(health.waiting_since // 60)
        text = ngettext(
            "Rows have been waiting for %(minutes)d minute: no consumer (run_huey) is running, or it does "
            "not keep up.",
            "Rows have been waiting for %(minutes)d minutes: no consumer (run_huey) is running, or it does "
            "not keep up.",
            minutes,
        )
        only_deliveries = health.deliveries_waiting and not health.backlog
        place = _DELIVERIES if only_deliveries else _EVENTS
        yield Problem("stalled", text % {"minutes": minutes}, place)
    if health.silent:
        text = _("Payments are made, but no events arrive. Run payments_doctor on the server.")
        yield Problem("silent", text, _EVENTS)
    if health.comparisons_failing:
        text = _("The comparison with the provider is failing.")
        yield Problem("comparisons_failing", text, _DISCREPANCIES)
    if health.jobs_failing:
        text = _("A periodic job is failing. See the log of the consumer (run_huey).")
        yield Problem("jobs_failing", text, _EVENTS)
