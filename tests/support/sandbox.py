"""Sandbox sessions, and helpers to pay them."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from wagtail_payments.providers.types import CheckoutRequest, CheckoutUI
from wagtail_payments.sandbox.cards import CARDS
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.services.sessions import SessionClosed, session_open

GOOD = "4242424242424242"
CHALLENGED = "4000002500003155"
DECLINED = "4000000000000002"
REAL_LOOKING = "4111111111111111"

GOOD_CARD = CARDS[GOOD]


def make_request(**changes) -> CheckoutRequest:
    defaults = {
        "idempotency_key": str(uuid4()),
        "amount": 1250,
        "currency": "EUR",
        "description": "Star night",
        "quantity": 1,
        "ui": CheckoutUI.HOSTED,
        "return_url": "http://testserver/thanks/",
        "cancel_url": "http://testserver/back/",
        "webhook_url": "http://testserver/payments/webhooks/sandbox/",
        "expires_at": timezone.now() + timedelta(minutes=30),
        "started_at": timezone.now(),
        "metadata": {"payment": "42"},
    }
    return CheckoutRequest(**{**defaults, **changes})


def make_session(**changes) -> Session:
    return session_open(provider="sandbox", request=make_request(**changes))


def reload(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def url_of(session: Session, name: str = "") -> str:
    page = name or ("frame" if session.ui == CheckoutUI.INLINE else "hosted")
    return reverse(f"wagtail_payments_sandbox:{page}", args=[session.secret])


def card_data(number: str = GOOD, **changes: str) -> dict[str, str]:
    return {"method": "card", "number": number, "expiry": "12 / 34", "cvc": "123", **changes}


def types_of(session: Session) -> list[str]:
    return [event.type for event in session.events.all()]


def make_session_for(inbox, **changes) -> Session:
    """Open a session whose events are sent to ``inbox``."""
    return make_session(
        return_url=f"{inbox.url}/thanks/",
        webhook_url=f"{inbox.url}/hooks/sandbox/?a=b",
        **changes,
    )


def run_concurrently(work, times=4):
    """Run ``work`` in several threads at once; return each result or SessionClosed error."""
    barrier, results = Barrier(times), []

    def run():
        barrier.wait()
        try:
            results.append(work())
        except SessionClosed as error:
            results.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
