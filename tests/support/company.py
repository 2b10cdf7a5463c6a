"""Actions of payers and of the sandbox's company."""

from datetime import timedelta

from django.utils import timezone

from tests.support.factories import make_product, start
from wagtail_payments.models import Payment, WebhookEvent
from wagtail_payments.sandbox.cards import card_find
from wagtail_payments.sandbox.models import Attempt, Event, Session
from wagtail_payments.sandbox.services.attempts import attempt_settle, bank_debit_start, card_pay
from wagtail_payments.sandbox.signing import signature_header
from wagtail_payments.services.webhooks.inbox import webhook_receive

GOOD = "4242424242424242"
DECLINED = "4000000000000002"
NO_MONEY = "4000000000009995"
SECRET = "whsec_tests"
"""The sandbox's webhook secret in the test settings."""


def session_of(payment: Payment) -> Session:
    return Session.objects.get(reference=payment.checkout_reference)


def pay(payment: Payment, number: str = GOOD) -> Attempt:
    return card_pay(session=session_of(payment), card=card_find(number))


def pay_by_bank(payment: Payment, *, arrives: bool = True) -> Attempt:
    return bank_debit_start(session=session_of(payment), arrives=arrives, settle_after=0)


def settle(attempt: Attempt) -> None:
    assert attempt_settle(attempt_id=attempt.pk)


def expire(payment: Payment) -> None:
    past = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(reference=payment.checkout_reference).update(expires_at=past)
    Payment.objects.filter(pk=payment.pk).update(expires_at=past)


def receive(event: Event, *, secret: str = SECRET) -> int | None:
    """Store an event in the inbox, as the webhook endpoint does."""
    body, now = event.body.encode(), timezone.now()
    header = signature_header(body, secrets=[secret], at=now)
    return webhook_receive(
        provider_alias="sandbox", body=body, headers={"sandbox-signature": header}, now=now
    )


def receive_all(payment: Payment, *, secret: str = SECRET) -> list[WebhookEvent]:
    ids = [receive(event, secret=secret) for event in session_of(payment).events.all()]
    return list(WebhookEvent.objects.filter(pk__in=[pk for pk in ids if pk]).order_by("pk"))


def paid_event() -> WebhookEvent:
    """Pay, and return the payment's event, which is in the inbox but not processed."""
    payment = start(make_product()).payment
    pay(payment)
    (event,) = receive_all(payment)
    return event
