import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.support.sandbox import GOOD_CARD, make_session, make_session_for
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.sandbox.enums import DeliveryState
from wagtail_payments.sandbox.models import EventDelivery
from wagtail_payments.sandbox.services.attempts import card_pay
from wagtail_payments.sandbox.services.deliveries import (
    LONGEST_WAIT,
    MAXIMUM_ATTEMPTS,
    deliveries_due,
    deliveries_waiting,
    delivery_send,
)

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def session(inbox):
    session = make_session_for(inbox)
    card_pay(session=session, card=GOOD_CARD)
    return session


@pytest.fixture
def delivery(session):
    return EventDelivery.objects.get()


def make_due(delivery):
    EventDelivery.objects.filter(pk=delivery.pk).update(next_attempt_at=timezone.now())


def test_delivered_event_passes_verification(inbox, session, delivery):
    assert delivery_send(delivery_id=delivery.pk) == []
    notice = get_provider("sandbox").webhook_verify(
        inbox.bodies[0], inbox.headers[0], timezone.now()
    )
    assert notice.event_id == delivery.event.reference
    assert notice.checkout_reference == session.reference
    assert inbox.paths == ["/hooks/sandbox/?a=b"]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status_code) == (DeliveryState.DELIVERED, 200)


def test_the_body_is_as_documented(inbox, session, delivery):
    delivery_send(delivery_id=delivery.pk)
    event = json.loads(inbox.bodies[0])
    assert event.pop("created") == pytest.approx(timezone.now().timestamp(), abs=60)
    assert event == {
        "id": delivery.event.reference,
        "object": "event",
        "type": "checkout.completed",
        "livemode": False,
        "api_version": "2026-11-01",
        "data": {
            "checkout": session.reference,
            "payment": session.payment_reference,
            "state": "succeeded",
            "metadata": {"payment": "42"},
        },
    }


def test_delivered_event_is_not_sent_again(inbox, delivery):
    delivery_send(delivery_id=delivery.pk)
    assert delivery_send(delivery_id=delivery.pk) == []
    assert deliveries_due() == []
    assert len(inbox.bodies) == 1


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_any_other_status_than_2xx_is_retried(inbox, delivery, status):
    inbox.statuses = [status]
    [waiting] = delivery_send(delivery_id=delivery.pk)
    assert waiting.delivery_id == delivery.pk
    assert timedelta() < waiting.at - timezone.now() <= timedelta(seconds=1)
    assert delivery_send(delivery_id=delivery.pk) == []
    assert len(inbox.bodies) == 1
    make_due(delivery)
    assert delivery_send(delivery_id=delivery.pk) == []
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 2)
    assert inbox.bodies[0] == inbox.bodies[1]


def test_a_redirect_is_not_followed(inbox, delivery):
    inbox.statuses = [302]
    delivery_send(delivery_id=delivery.pk)
    assert inbox.paths == ["/hooks/sandbox/?a=b"]


def test_backoff_doubles_until_the_delivery_fails(inbox, delivery):
    inbox.statuses = [500] * MAXIMUM_ATTEMPTS
    waits = []
    for _ in range(MAXIMUM_ATTEMPTS):
        make_due(delivery)
        for waiting in delivery_send(delivery_id=delivery.pk):
            waits.append(round((waiting.at - timezone.now()).total_seconds()))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_WAIT]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == (DeliveryState.FAILED, "HTTP 500")
    make_due(delivery)
    assert deliveries_due() == []


def test_refused_connection_is_retried():
    # Port 9 (discard): nothing listens there.
    session = make_session(
        return_url="http://127.0.0.1:9/", webhook_url="http://127.0.0.1:9/hooks/"
    )
    card_pay(session=session, card=GOOD_CARD)
    delivery = EventDelivery.objects.get()
    assert len(delivery_send(delivery_id=delivery.pk)) == 1
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.PENDING
    assert "ConnectionRefusedError" in delivery.last_error


def test_missing_provider_sends_nothing(inbox, delivery, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROVIDERS": {}}
    assert len(delivery_send(delivery_id=delivery.pk)) == 1
    delivery.refresh_from_db()
    assert "ProviderMisconfigured" in delivery.last_error
    assert inbox.bodies == []


def test_leased_delivery_is_not_sent(inbox, delivery):
    EventDelivery.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert deliveries_due() == []
    assert delivery_send(delivery_id=delivery.pk) == []
    assert inbox.bodies == []


def test_delivery_with_an_expired_lease_is_sent(inbox, delivery):
    EventDelivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert deliveries_due() == [delivery.pk]
    delivery_send(delivery_id=delivery.pk)
    assert len(inbox.bodies) == 1


def test_events_are_signed_with_every_secret(inbox, delivery, settings):
    conf = settings.WAGTAIL_PAYMENTS
    options = {"webhook_secrets": ["whsec_new", "whsec_tests"]}
    sandbox = {**conf["PROVIDERS"]["sandbox"], "OPTIONS": options}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {**conf["PROVIDERS"], "sandbox": sandbox}}
    delivery_send(delivery_id=delivery.pk)
    assert inbox.headers[0]["sandbox-signature"].count("v1=") == 2


def test_waiting_deliveries_are_found(session, delivery):
    assert [waiting.delivery_id for waiting in deliveries_waiting(session)] == [delivery.pk]
    assert deliveries_due() == [delivery.pk]
