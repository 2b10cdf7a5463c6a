from datetime import timedelta

import pytest
from django.utils import timezone

from tests.support.sandbox import (
    CHALLENGED,
    DECLINED,
    GOOD_CARD,
    make_request,
    make_session,
    reload,
    run_concurrently,
    types_of,
)
from wagtail_payments.sandbox.cards import CARDS
from wagtail_payments.sandbox.enums import AttemptState, SessionState
from wagtail_payments.sandbox.models import Attempt, Session
from wagtail_payments.sandbox.services.attempts import (
    attempt_settle,
    attempts_due,
    bank_debit_start,
    card_pay,
    challenge_finish,
    fee_of,
)
from wagtail_payments.sandbox.services.sessions import SessionClosed, session_expire, session_open
from wagtail_payments.sandbox.services.snapshots import session_snapshot

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("amount", "fee"), [(1, 1), (25, 25), (30, 25), (100, 27), (1250, 44), (10**11, 1500000025)]
)
def test_fee_is_a_percentage_and_a_fixed_amount(amount, fee):
    assert fee_of(amount) == fee


def test_a_good_card_pays():
    session = make_session()
    card_pay(session=session, card=GOOD_CARD)
    snapshot = session_snapshot(reload(session))
    assert (snapshot.status, snapshot.fee) == ("succeeded", 44)
    assert (snapshot.method.brand, snapshot.method.last4) == ("visa", "4242")
    assert types_of(session) == ["checkout.completed"]


def test_a_session_is_paid_once():
    session = make_session()
    card_pay(session=session, card=GOOD_CARD)
    with pytest.raises(SessionClosed):
        card_pay(session=session, card=GOOD_CARD)
    with pytest.raises(SessionClosed):
        bank_debit_start(session=session, arrives=True, settle_after=0)
    assert session.attempts.count() == 1
    assert types_of(session) == ["checkout.completed"]


@pytest.mark.django_db(transaction=True)
def test_concurrent_attempts_pay_once():
    session = make_session()
    results = run_concurrently(lambda: card_pay(session=session, card=GOOD_CARD))
    assert sum(isinstance(result, Attempt) for result in results) == 1
    assert len(results) == 4
    assert Attempt.objects.count() == 1
    assert types_of(session) == ["checkout.completed"]


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_open_one_session():
    request = make_request()
    results = run_concurrently(lambda: session_open(provider="sandbox", request=request))
    assert {session.pk for session in results} == {Session.objects.get().pk}
    assert len(results) == 4


@pytest.mark.django_db(transaction=True)
def test_concurrent_consumers_settle_once():
    session = make_session()
    attempt = bank_debit_start(session=session, arrives=True, settle_after=0)
    results = run_concurrently(lambda: attempt_settle(attempt_id=attempt.pk))
    assert sorted(results, key=bool) == [None, None, None, session]
    assert types_of(session) == ["checkout.processing", "checkout.async_succeeded"]


def test_an_expired_session_is_not_paid():
    session = make_session()
    session_expire(session)
    with pytest.raises(SessionClosed):
        card_pay(session=session, card=GOOD_CARD)
    assert reload(session).state == SessionState.EXPIRED
    assert not session.attempts.exists()


def test_overdue_session_is_not_paid():
    session = make_session()
    Session.objects.update(expires_at=timezone.now())
    with pytest.raises(SessionClosed):
        card_pay(session=session, card=GOOD_CARD)
    assert not session.attempts.exists()


def test_unknown_card_is_declined():
    session = make_session()
    attempt = card_pay(session=session, card=None)
    assert (attempt.brand, attempt.last4) == ("", "")
    assert (attempt.state, attempt.reason) == ("declined", "incorrect_number")
    assert types_of(session) == ["payment.declined"]


def test_challenge_is_finished_once():
    session = make_session()
    attempt = card_pay(session=session, card=CARDS[CHALLENGED])
    assert types_of(session) == []
    challenge_finish(session=session, reference=attempt.reference, passed=False)
    with pytest.raises(SessionClosed):
        challenge_finish(session=session, reference=attempt.reference, passed=True)
    assert reload(session).state == SessionState.OPEN


def test_challenge_of_another_session_is_refused():
    session, other = make_session(), make_session()
    attempt = card_pay(session=session, card=CARDS[CHALLENGED])
    with pytest.raises(SessionClosed):
        challenge_finish(session=other, reference=attempt.reference, passed=True)
    assert reload(session).state == reload(other).state == SessionState.OPEN
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.CHALLENGE


def test_challenge_of_a_paid_session_is_refused():
    session = make_session()
    attempt = card_pay(session=session, card=CARDS[CHALLENGED])
    card_pay(session=session, card=GOOD_CARD)
    with pytest.raises(SessionClosed):
        challenge_finish(session=session, reference=attempt.reference, passed=True)
    assert types_of(session) == ["checkout.completed"]


def test_payment_after_a_decline():
    session = make_session()
    card_pay(session=session, card=CARDS[DECLINED])
    card_pay(session=session, card=GOOD_CARD)
    snapshot = session_snapshot(reload(session))
    assert snapshot.status == "succeeded"
    assert snapshot.decline.reason == "generic"
    assert types_of(session) == ["payment.declined", "checkout.completed"]


def test_delayed_payment_settles_once_when_due():
    session = make_session()
    attempt = bank_debit_start(session=session, arrives=True, settle_after=60)
    assert attempt_settle(attempt_id=attempt.pk) is None
    assert attempts_due() == []
    assert reload(session).state == SessionState.PROCESSING
    Attempt.objects.update(settles_at=timezone.now() - timedelta(seconds=1))
    assert attempts_due() == [attempt.pk]
    assert attempt_settle(attempt_id=attempt.pk) == session
    assert attempt_settle(attempt_id=attempt.pk) is None
    snapshot = session_snapshot(reload(session))
    assert (snapshot.status, snapshot.fee) == ("succeeded", 44)
    assert snapshot.method.type == "bank_debit"
    assert types_of(session) == ["checkout.processing", "checkout.async_succeeded"]


def test_delayed_payment_can_fail():
    session = make_session()
    attempt = bank_debit_start(session=session, arrives=False, settle_after=0)
    attempt_settle(attempt_id=attempt.pk)
    snapshot = session_snapshot(reload(session))
    assert (snapshot.status, snapshot.fee) == ("failed", None)
    assert snapshot.decline.reason == "delayed_failed"
    assert types_of(session) == ["checkout.processing", "checkout.async_failed"]
