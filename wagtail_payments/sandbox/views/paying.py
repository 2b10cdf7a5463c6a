"""The steps that the hosted page and the frame share."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from wagtail_payments.money import format_amount
from wagtail_payments.sandbox.cards import HELP
from wagtail_payments.sandbox.enums import AttemptState, SessionState
from wagtail_payments.sandbox.forms import PaymentForm
from wagtail_payments.sandbox.models import Attempt, Session
from wagtail_payments.sandbox.options import sandbox_options
from wagtail_payments.sandbox.services.attempts import bank_debit_start, card_pay, challenge_finish
from wagtail_payments.sandbox.services.sessions import SessionClosed, origin_of
from wagtail_payments.sandbox.tasks import session_enqueue
from wagtail_payments.selectors.payments.declines import decline_message

DONE_STATES = (SessionState.PROCESSING, SessionState.SUCCEEDED)


@dataclass(frozen=True, slots=True)
class Step:
    """The current step. ``form`` is what to fill in next, None if there is nothing.

    ``decline`` is the reason of the last failed attempt in words; ``challenge`` is the attempt that the bank
    asks about.
    """

    session: Session
    form: PaymentForm | None = None
    challenge: Attempt | None = None
    reason: str = ""
    decline: str = ""

    @property
    def done(self) -> bool:
        """Whether the visitor is finished, because it was paid or is being processed."""
        return self.session.state in DONE_STATES

    @property
    def closed_message(self) -> str:
        """The message if the session cannot be paid."""
        if self.session.state == SessionState.SUCCEEDED:
            return _("This has been paid.")
        if self.session.state == SessionState.PROCESSING:
            return _("This payment is being processed.")
        if self.session.state == SessionState.EXPIRED:
            return _("This checkout has expired. Nothing was charged.")
        return _("The payment failed. Nothing was charged.")


def first_step(session: Session) -> Step:
    """Return the first step for ``session``."""
    if session.state != SessionState.OPEN:
        return Step(session)
    return Step(session, form=PaymentForm())


def pay_step(request: HttpRequest, session: Session) -> Step:
    """Handle the submitted form, and return the next step."""
    form = PaymentForm(request.POST)
    if session.state == SessionState.OPEN and not form.is_valid():
        return Step(session, form=form)
    try:
        attempt = _pay(session, form)
    except SessionClosed:
        return _closed(session)
    return _after(attempt, form)


def challenge_step(request: HttpRequest, session: Session) -> Step:
    """Handle the answer to the bank's challenge, and return the next step."""
    try:
        attempt = challenge_finish(
            session=session,
            reference=request.POST.get("attempt", ""),
            passed=request.POST.get("answer") == "complete",
        )
    except SessionClosed:
        return _closed(session)
    return _after(attempt, PaymentForm())


def step_context(step: Step) -> dict[str, Any]:
    """Return the context of the templates."""
    session = step.session
    return {
        "step": step,
        "session": session,
        "form": step.form,
        "seller": origin_of(session.return_url).partition("://")[2],
        "amount": format_amount(session.amount, session.currency),
        "test_cards": HELP,
    }


def _pay(session: Session, form: PaymentForm) -> Attempt:
    if session.state != SessionState.OPEN:
        raise SessionClosed
    if form.by_card:
        return card_pay(session=session, card=form.card)
    return bank_debit_start(
        session=session,
        arrives=form.cleaned_data["arrives"] != "no",
        settle_after=sandbox_options(session.provider).settle_after,
    )


def _closed(session: Session) -> Step:
    """Return the current step after a parallel change or an expiry."""
    session.refresh_from_db()
    return first_step(session)


def _after(attempt: Attempt, form: PaymentForm) -> Step:
    session = attempt.session
    session_enqueue(session)
    if attempt.state == AttemptState.CHALLENGE:
        return Step(session, challenge=attempt)
    if attempt.state != AttemptState.DECLINED:
        return Step(session)
    message = decline_message(attempt.reason)
    return Step(session, form=form, reason=attempt.reason, decline=message)
