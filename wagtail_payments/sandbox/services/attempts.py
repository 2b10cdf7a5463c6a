"""Attempts to pay a session. Each change of state happens under the session's row lock."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from wagtail_payments.providers.types import DeclineReason
from wagtail_payments.sandbox.cards import TestCard
from wagtail_payments.sandbox.enums import AttemptState, EventType, SessionState
from wagtail_payments.sandbox.models import Attempt, Session

from .events import event_add
from .ids import new_reference
from .sessions import SessionClosed, session_lock, session_move

FEE_RATE = Decimal("0.015")
FEE_FIXED = 25

UNKNOWN_CARD = TestCard("", "", DeclineReason.INCORRECT_NUMBER)
"""Stands for any unknown card number, of which nothing is stored."""


def fee_of(amount: int) -> int:
    """Return the fee in minor units: 1.5 % and 25, never more than ``amount``."""
    share = (amount * FEE_RATE).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return min(int(share) + FEE_FIXED, amount)


@transaction.atomic
def card_pay(*, session: Session, card: TestCard | None) -> Attempt:
    """Pay with a test card, None for any other: declined, challenged or paid.

    Raises SessionClosed.
    """
    locked = session_lock(session)
    known = card or UNKNOWN_CARD
    attempt = Attempt(
        session=locked,
        reference=new_reference("att"),
        method_type="card",
        brand=known.brand,
        last4=known.last4,
    )
    if known.decline:
        return _declined(attempt, known.decline)
    if known.challenge:
        return _saved(attempt, AttemptState.CHALLENGE)
    return _paid(attempt)


@transaction.atomic
def challenge_finish(*, session: Session, reference: str, passed: bool) -> Attempt:
    """Finish the bank's challenge of an attempt. Raises SessionClosed."""
    locked = session_lock(session)
    attempt = locked.attempts.filter(reference=reference, state=AttemptState.CHALLENGE).first()
    if attempt is None:
        raise SessionClosed
    attempt.session = locked
    if passed:
        return _paid(attempt)
    return _declined(attempt, DeclineReason.AUTHENTICATION_FAILED)


@transaction.atomic
def bank_debit_start(*, session: Session, arrives: bool, settle_after: float) -> Attempt:
    """Pay by bank debit, which succeeds or fails after ``settle_after`` seconds.

    Raises SessionClosed.
    """
    locked = session_lock(session)
    attempt = Attempt(
        session=locked,
        reference=new_reference("att"),
        method_type="bank_debit",
        brand="bank_debit",
        last4="3000",
        settles_at=timezone.now() + timedelta(seconds=settle_after),
        settles_to=AttemptState.SUCCEEDED if arrives else AttemptState.FAILED,
    )
    _saved(attempt, AttemptState.PROCESSING)
    session_move(locked, SessionState.PROCESSING, EventType.CHECKOUT_PROCESSING)
    return attempt


def attempt_settle(*, attempt_id: int) -> Session | None:
    """Settle a delayed attempt if it is due; return its session, None if it is not."""
    due = _attempts_due().filter(pk=attempt_id)
    with transaction.atomic():
        session_ids = due.values_list("session", flat=True)
        session = Session.objects.select_for_update().filter(pk__in=list(session_ids)).first()
        # Another process may have settled it before the lock was acquired.
        attempt = due.first() if session else None
        if session is None or attempt is None:
            return None
        _settled(session, attempt)
    return session


def attempts_due(limit: int = 200) -> list[int]:
    """Return the ids of delayed attempts that are due."""
    return list(_attempts_due().order_by("settles_at").values_list("pk", flat=True)[:limit])


def _attempts_due() -> QuerySet[Attempt]:
    return Attempt.objects.filter(state=AttemptState.PROCESSING, settles_at__lte=timezone.now())


def _settled(locked: Session, attempt: Attempt) -> None:
    attempt.state = attempt.settles_to
    if attempt.state == AttemptState.SUCCEEDED:
        locked.fee = fee_of(locked.amount)
        session_move(locked, SessionState.SUCCEEDED, EventType.CHECKOUT_ASYNC_SUCCEEDED)
    else:
        attempt.reason = DeclineReason.DELAYED_FAILED
        session_move(locked, SessionState.FAILED, EventType.CHECKOUT_ASYNC_FAILED)
    attempt.save()


def _paid(attempt: Attempt) -> Attempt:
    session = attempt.session
    session.fee = fee_of(session.amount)
    session_move(session, SessionState.SUCCEEDED, EventType.CHECKOUT_COMPLETED)
    return _saved(attempt, AttemptState.SUCCEEDED)


def _declined(attempt: Attempt, reason: DeclineReason) -> Attempt:
    attempt.reason = reason
    event_add(session=attempt.session, type=EventType.PAYMENT_DECLINED)
    return _saved(attempt, AttemptState.DECLINED)


def _saved(attempt: Attempt, state: AttemptState) -> Attempt:
    attempt.state = state
    attempt.save()
    return attempt
