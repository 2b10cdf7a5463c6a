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


def test_an_event_arrives_as_the_provider_verifies_it(inbox, session, delivery):
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


def test_what_was_delivered_is_not_sent_again(inbox, delivery):
    delivery_send(delivery_id=delivery.pk)
    assert delivery_send(delivery_id=delivery.pk) == []
    assert deliveries_due() == []
    assert len(inbox.bodies) == 1


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_anything_but_a_2xx_is_tried_again(inbox, delivery, status):
    inbox.answers = [status]
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
    inbox.answers = [302]
    delivery_send(delivery_id=delivery.pk)
    assert inbox.paths == ["/hooks/sandbox/?a=b"]


def test_the_waits_double_until_it_is_given_up(inbox, delivery):
    inbox.answers = [500] * MAXIMUM_ATTEMPTS
    waits = []
    for _ in range(MAXIMUM_ATTEMPTS):
        make_due(delivery)
        for waiting in delivery_send(delivery_id=delivery.pk):
            waits.append(round((waiting.at - timezone.now()).total_seconds()))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_WAIT]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == (DeliveryState.GIVEN_UP, "HTTP 500")
    make_due(delivery)
    assert deliveries_due() == []


def test_nobody_listening_is_tried_again():
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


def test_a_provider_without_secrets_sends_nothing(inbox, delivery, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROVIDERS": {}}
    assert len(delivery_send(delivery_id=delivery.pk)) == 1
    delivery.refresh_from_db()
    assert "ProviderMisconfigured" in delivery.last_error
    assert inbox.bodies == []


def test_a_delivery_that_somebody_is_at_is_left_alone(inbox, delivery):
    EventDelivery.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert deliveries_due() == []
    assert delivery_send(delivery_id=delivery.pk) == []
    assert inbox.bodies == []


def test_a_delivery_whose_worker_was_killed_is_taken_over(inbox, delivery):
    EventDelivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert deliveries_due() == [delivery.pk]
    delivery_send(delivery_id=delivery.pk)
    assert len(inbox.bodies) == 1


def test_every_secret_signs_while_they_are_rotated(inbox, delivery, settings):
    secrets = get_provider("sandbox").options.webhook_secrets
    delivery_send(delivery_id=delivery.pk)
    assert inbox.headers[0]["sandbox-signature"].count("v1=") == len(secrets)


def test_waiting_deliveries_are_found(session, delivery):
    assert [waiting.delivery_id for waiting in deliveries_waiting(session)] == [delivery.pk]
    assert deliveries_due() == [delivery.pk]
