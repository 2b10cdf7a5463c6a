"""What isn't well, in words for staff, each with the place to look at."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .health import Health


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence, and the name and query of the admin page where something is done about it."""

    text: str
    url_name: str
    query: str = ""


_EVENTS = "wagtail_payments_webhookevent:index"
_DELIVERIES = "wagtail_payments_delivery:index"
_DRIFTS = "wagtail_payments_drift:index"
_PAYMENTS = "wagtail_payments_payment:index"


def health_problems(health: Health) -> list[Problem]:
    """Return everything that somebody should look at, the worst first."""
    return [*_stopped(health), *_failed(health), *_to_settle(health)]


def _stopped(health: Health) -> Iterator[Problem]:
    if health.stalled:
        minutes = int(health.waiting_since // 60)
        text = ngettext(
            "Nothing has been worked on for %(minutes)d minute: no consumer seems to run.",
            "Nothing has been worked on for %(minutes)d minutes: no consumer seems to run.",
            minutes,
        )
        yield Problem(text % {"minutes": minutes}, _EVENTS)
    if health.silent:
        yield Problem(
            _("Payments are made, but no events arrive. Run payments_doctor on the server."),
            _EVENTS,
        )
    if health.jobs_failing:
        yield Problem(_("The comparison with the provider fails."), _DRIFTS)


def _failed(health: Health) -> Iterator[Problem]:
    if health.dead:
        text = ngettext(
            "%(count)d event was given up.", "%(count)d events were given up.", health.dead
        )
        yield Problem(text % {"count": health.dead}, _EVENTS, "state=dead")
    if health.failing:
        text = ngettext(
            "%(count)d event fails and is tried again.",
            "%(count)d events fail and are tried again.",
            health.failing,
        )
        yield Problem(text % {"count": health.failing}, _EVENTS, "state=pending")
    if health.deliveries_dead:
        text = ngettext(
            "%(count)d mail or signal could not be sent.",
            "%(count)d mails or signals could not be sent.",
            health.deliveries_dead,
        )
        yield Problem(text % {"count": health.deliveries_dead}, _DELIVERIES, "state=dead")
    if health.refunds_failing:
        text = ngettext(
            "%(count)d refund has no answer from the provider yet.",
            "%(count)d refunds have no answer from the provider yet.",
            health.refunds_failing,
        )
        yield Problem(text % {"count": health.refunds_failing}, _PAYMENTS)


def _to_settle(health: Health) -> Iterator[Problem]:
    if health.payments_to_review:
        text = ngettext(
            "%(count)d payment has to be reviewed.",
            "%(count)d payments have to be reviewed.",
            health.payments_to_review,
        )
        yield Problem(text % {"count": health.payments_to_review}, _PAYMENTS, "to_review=true")
    if health.drifts:
        text = ngettext(
            "%(count)d difference from the provider's books.",
            "%(count)d differences from the provider's books.",
            health.drifts,
        )
        yield Problem(text % {"count": health.drifts}, _DRIFTS)
