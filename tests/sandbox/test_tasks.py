from datetime import timedelta

import pytest
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from tests.support.sandbox import GOOD_CARD, card_data, make_session_for, reload, types_of, url_of
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.sandbox.enums import DeliveryState, SessionState
from wagtail_payments.sandbox.models import Attempt, EventDelivery, Session
from wagtail_payments.sandbox.services.attempts import bank_debit_start, card_pay
from wagtail_payments.sandbox.tasks import sandbox_sweep, sandbox_sweep_at_start, session_enqueue

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def queue():
    """Run tasks immediately; delayed tasks stay in the schedule."""
    HUEY.immediate = True
    yield HUEY
    HUEY.flush()
    HUEY.immediate = False


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_payment_delivers_its_event_immediately(inbox, client, queue, commits):
    session = make_session_for(inbox)
    with commits():
        client.post(url_of(session), card_data())
    assert [event.type.encode() in inbox.bodies[0] for event in session.events.all()] == [True]
    assert EventDelivery.objects.get().state == DeliveryState.DELIVERED


def test_no_events_before_the_commit(inbox, queue):
    session = make_session_for(inbox)
    card_pay(session=session, card=GOOD_CARD)
    session_enqueue(session)
    assert inbox.bodies == []


def test_a_failed_delivery_is_scheduled_again(inbox, queue, commits):
    inbox.statuses = [503]
    session = make_session_for(inbox)
    card_pay(session=session, card=GOOD_CARD)
    with commits():
        session_enqueue(session)
    assert [task.name for task in queue.scheduled()] == ["deliver"]
    assert len(inbox.bodies) == 1


def test_a_delayed_payment_is_scheduled_to_settle(inbox, queue, commits):
    session = make_session_for(inbox)
    bank_debit_start(session=session, arrives=True, settle_after=60)
    with commits():
        session_enqueue(session)
    assert [task.name for task in queue.scheduled()] == ["settle"]
    assert len(inbox.bodies) == 1
    assert reload(session).state == SessionState.PROCESSING


def test_expiry_by_the_provider_delivers_an_event(inbox, queue, commits):
    session = make_session_for(inbox)
    with commits():
        get_provider("sandbox").checkout_expire(session.reference)
    assert b"checkout.expired" in inbox.bodies[0]


def test_sweep_recovers_lost_tasks(inbox, queue, commits):
    paid, delayed, overdue = (make_session_for(inbox) for _ in range(3))
    card_pay(session=paid, card=GOOD_CARD)
    bank_debit_start(session=delayed, arrives=True, settle_after=0)
    Session.objects.filter(pk=overdue.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for _ in range(2):
        with commits():
            sandbox_sweep.call_local()
    assert types_of(paid) == ["checkout.completed"]
    assert types_of(delayed) == ["checkout.processing", "checkout.async_succeeded"]
    assert types_of(overdue) == ["checkout.expired"]
    assert len(inbox.bodies) == 4
    assert not EventDelivery.objects.exclude(state=DeliveryState.DELIVERED).exists()
    assert Attempt.objects.filter(state="succeeded").count() == 2


def test_a_consumer_sweeps_when_it_starts(inbox, queue):
    card_pay(session=make_session_for(inbox), card=GOOD_CARD)
    sandbox_sweep_at_start()
    assert len(inbox.bodies) == 1


def test_both_startup_functions_are_registered():
    assert {"sandbox_sweep_at_start", "sweep_at_start"} <= set(HUEY._startup)


def test_payment_succeeds_while_the_queue_is_down(inbox, client, commits, monkeypatch, caplog):
    def down(task):
        raise OSError("No queue.")

    monkeypatch.setattr(HUEY, "enqueue", down)
    session = make_session_for(inbox)
    with commits():
        assert client.post(url_of(session), card_data()).status_code == 302
    assert reload(session).state == SessionState.SUCCEEDED
    assert "No queue." in caplog.text
