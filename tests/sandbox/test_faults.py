from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.support.sandbox import (
    GOOD_CARD,
    make_request,
    make_session,
    make_session_for,
    run_concurrently,
)
from wagtail_payments.providers.exceptions import ProviderUnavailable
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.providers.types import ProviderStatus
from wagtail_payments.sandbox.enums import FaultKind
from wagtail_payments.sandbox.models import Event, EventDelivery, Fault, Session
from wagtail_payments.sandbox.services.attempts import attempt_settle, bank_debit_start, card_pay
from wagtail_payments.sandbox.services.deliveries import deliveries_due, delivery_send
from wagtail_payments.sandbox.services.faults import fault_arm, fault_take, faults_clear

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def deliver_everything() -> None:
    """Deliver events until none is due."""
    while due := deliveries_due():
        for delivery_id in due:
            delivery_send(delivery_id=delivery_id)


def pay_late(session: Session) -> list[str]:
    """Pay by bank debit, which creates two events; return their references in order."""
    attempt = bank_debit_start(session=session, arrives=True, settle_after=0)
    attempt_settle(attempt_id=attempt.pk)
    return [event.reference for event in session.events.all()]


def arrived(inbox) -> list[str]:
    references = Event.objects.values_list("reference", flat=True)
    return [next(ref for ref in references if ref.encode() in body) for body in inbox.bodies]


def test_faults_are_used_up():
    fault_arm(FaultKind.DROP, times=2)
    assert [bool(fault_take(FaultKind.DROP)) for _ in range(3)] == [True, True, False]
    assert fault_take(FaultKind.SHUFFLE) is None


@pytest.mark.django_db(transaction=True)
def test_fault_affects_one_of_several_processes():
    fault_arm(FaultKind.DROP)
    taken = run_concurrently(lambda: bool(fault_take(FaultKind.DROP)))
    assert sorted(taken) == [False, False, False, True]


def test_faults_can_be_cleared():
    fault_arm(FaultKind.DROP, times=2)
    fault_arm(FaultKind.DELAY, seconds=3)
    assert faults_clear() == 3
    assert not Fault.objects.exists()


def test_unknown_fault_is_refused():
    with pytest.raises(ValueError, match="earthquake"):
        fault_arm("earthquake")
    assert not Fault.objects.exists()


def test_without_faults_events_arrive_once_and_in_order(inbox):
    events = pay_late(make_session_for(inbox))
    deliver_everything()
    assert arrived(inbox) == events


def test_a_duplicate_arrives_twice(inbox):
    fault_arm(FaultKind.DUPLICATE)
    first, second = pay_late(make_session_for(inbox))
    deliver_everything()
    assert sorted(arrived(inbox)) == sorted([first, first, second])


def test_shuffled_event_arrives_after_the_next(inbox):
    fault_arm(FaultKind.SHUFFLE)
    first, second = pay_late(make_session_for(inbox))
    deliver_everything()
    assert arrived(inbox) == [second, first]


def test_single_shuffled_event_arrives_late(inbox):
    fault_arm(FaultKind.SHUFFLE)
    card_pay(session=make_session_for(inbox), card=GOOD_CARD)
    deliver_everything()
    assert inbox.bodies == []
    EventDelivery.objects.update(next_attempt_at=timezone.now())
    deliver_everything()
    assert len(inbox.bodies) == 1


def test_dropped_event_is_stored_but_not_delivered(inbox):
    fault_arm(FaultKind.DROP)
    _, second = pay_late(make_session_for(inbox))
    deliver_everything()
    assert arrived(inbox) == [second]
    assert Event.objects.count() == 2


def test_a_delayed_event_waits(inbox):
    fault_arm(FaultKind.DELAY, seconds=120)
    card_pay(session=make_session_for(inbox), card=GOOD_CARD)
    assert deliveries_due() == []
    wait = EventDelivery.objects.get().next_attempt_at - timezone.now()
    assert timedelta(seconds=110) < wait <= timedelta(seconds=120)


def test_server_error_opens_no_session():
    provider, request = get_provider("sandbox"), make_request()
    fault_arm(FaultKind.ERROR_500)
    with pytest.raises(ProviderUnavailable):
        provider.checkout_open(request)
    assert not Session.objects.exists()
    assert provider.checkout_open(request).reference


def test_retry_after_a_timeout_finds_the_session():
    provider, request = get_provider("sandbox"), make_request()
    fault_arm(FaultKind.TIMEOUT_AFTER_SUCCESS)
    with pytest.raises(ProviderUnavailable):
        provider.checkout_open(request)
    session = Session.objects.get()
    assert provider.checkout_open(request).reference == session.reference


@pytest.mark.parametrize("kind", [FaultKind.ERROR_500, FaultKind.TIMEOUT_AFTER_SUCCESS])
@pytest.mark.parametrize("call", ["checkout_resume", "checkout_expire", "payment_retrieve"])
def test_every_call_can_fail_once(kind, call):
    provider, session = get_provider("sandbox"), make_session()
    fault_arm(kind)
    with pytest.raises(ProviderUnavailable):
        getattr(provider, call)(session.reference)
    expired = call == "checkout_expire" and kind == FaultKind.TIMEOUT_AFTER_SUCCESS
    status = ProviderStatus.EXPIRED if expired else ProviderStatus.OPEN
    assert provider.payment_retrieve(session.reference).status == status


def test_refused_call_does_not_use_up_a_timeout():
    provider = get_provider("sandbox")
    fault_arm(FaultKind.TIMEOUT_AFTER_SUCCESS)
    with pytest.raises(Exception, match="no such checkout"):
        provider.payment_retrieve("nothing")
    assert Fault.objects.count() == 1


def test_faults_are_armed_from_the_command_line(capsys):
    call_command("sandbox_fault", "delay", "--times", "2", "--seconds", "7")
    assert [(fault.kind, fault.seconds) for fault in Fault.objects.all()] == [("delay", 7.0)] * 2
    assert "delay" in capsys.readouterr().out
