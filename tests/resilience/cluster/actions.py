"""What a test does behind the visitors' backs, in the site's own processes."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from tests.resilience.cluster.audit import audit, waiting
from tests.support.company import DECLINED, pay, receive_all
from tests.support.factories import make_order, make_payer, make_product
from wagtail_payments import tasks
from wagtail_payments.enums import EventSource
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Payment, Receipt, WebhookEvent
from wagtail_payments.sandbox.enums import FaultKind
from wagtail_payments.sandbox.models import Attempt, Event, Session
from wagtail_payments.sandbox.models import Refund as TheirRefund
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.sandbox.tasks import sandbox_sweep
from wagtail_payments.selectors.payments.tokens import placement_token
from wagtail_payments.services.checkout.start import checkout_start
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send

PASSWORD, SECRET = "secret", "whsec_tests"


def pid():
    """Return which web worker answers."""
    return os.getpid()


def database():
    """Return the name of the site's database: SQLite's is its file."""
    return str(connection.settings_dict["NAME"])


def flush():
    """Empty the queue."""
    tasks.HUEY.flush()


def sweep():
    """Do what every consumer does each minute, unless there is plenty to do."""
    if not tasks.queue_length():
        tasks.sweep.call_local()
        sandbox_sweep.call_local()


def start(product):
    site = Site.objects.get(is_default_site=True)
    return checkout_start(
        order=make_order(product), payer=make_payer(), site=site, base_url=site.root_url
    ).payment


@transaction.atomic
def untold(payments):
    """Have payments declined and then made at the company, which tells nobody; return its events."""
    product = make_product(name="Untold")
    fault_arm(FaultKind.DROP, times=2 * payments)
    for _ in range(payments):
        payment = start(product)
        pay(payment, DECLINED)
        pay(payment)
    events = Event.objects.filter(session__description="Untold").order_by("-pk")
    return list(events.values_list("body", flat=True)[: 2 * payments])


def stored(title):
    """Let a payment be made, and its event come in while nobody is there to process it."""
    payment = start(make_product(name=title))
    pay(payment)
    receive_all(payment, secret=SECRET)


def claimed(title, seconds):
    """Let a worker that doesn't live any more have taken a payment's event."""
    reference = Payment.objects.get(title=title).checkout_reference
    until = timezone.now() + timedelta(seconds=seconds)
    events = WebhookEvent.objects.filter(checkout_reference=reference)
    events.update(leased_until=until, attempts=1)


def standing(title):
    """Return the states of a payment, of its events and of what it owes, and how many receipts it has."""
    payment = Payment.objects.get(title=title)
    events = WebhookEvent.objects.filter(checkout_reference=payment.checkout_reference)
    return [
        payment.status,
        *events.values_list("state", flat=True),
        *payment.deliveries.values_list("state", flat=True),
        Receipt.objects.filter(payment=payment).count(),
    ]


def inbox(title):
    """Return how a product's payments and their events stand."""
    ours = Payment.objects.filter(title=title)
    return {
        "paid": ours.filter(status="succeeded").count(),
        "rows": ours.filter(webhook_events__state="processed").count(),
        "declined": ours.filter(events__kind="attempt_declined").count(),
    }


def last_euro():
    """Return the address of the refund of a payment of which one euro is left."""
    payment = start(make_product(name="Nearly refunded"))
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    refund = refund_create(
        payment_id=payment.pk, key=uuid4(), amount=1150, reason="duplicate", actor=None
    )
    refund_send(refund_id=refund.pk)
    return {
        "url": reverse("wagtail_payments_payment:refund", args=[payment.pk]),
        "reference": payment.payment_reference,
    }


def refund_twice(reference):
    """Refund the last euro in two threads, each with a connection of its own; return what they say."""
    payment = Payment.objects.get(payment_reference=reference)
    api_view = Barrier(2)

    def refund(amount):
        try:
            api_view.wait()
            made = refund_create(
                payment_id=payment.pk, key=uuid4(), amount=amount, reason="duplicate", actor=None
            )
            return str(refund_send(refund_id=made.pk).refund.status)
        except StaffRefused as refused:
            return str(refused.message)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(refund, (100, 100)))


def refunds(reference):
    """Return what both books say of one payment's refunds."""
    payment = Payment.objects.get(payment_reference=reference)
    theirs = TheirRefund.objects.filter(session__payment_reference=reference)
    return {
        "ours": list(payment.refunds.values_list("status", "amount")),
        "theirs": list(theirs.values_list("amount", flat=True)),
        "refunded": payment.refunded_amount,
        "asked": payment.events.filter(kind="refund_requested").count(),
    }


def staff(username):
    """Add somebody who may do everything."""
    get_user_model().objects.create_superuser(username, f"{username}@example.org", PASSWORD)


def scarce(title):
    """Sell something of which there is one; return what its block would carry."""
    product = make_product(name=title, prices=[{"amount": 1250, "stock": 1}])
    token = placement_token(page_id=None, revision_id=None, product_id=product.pk)
    return {"placement": token, "price_key": str(product.prices.get().key)}


def sessions(title):
    """Return the states of the checkouts that the company has for a product."""
    return list(Session.objects.filter(description=title).values_list("state", flat=True))


def overdue(title):
    """Let the time of a product's payments run out, by our clock alone."""
    past = timezone.now() - timedelta(minutes=5)
    Payment.objects.filter(title=title).update(expires_at=past)


def expire(title):
    """Let it run out at the company, which notices and tells."""
    past = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(description=title).update(expires_at=past)
    sandbox_sweep.call_local()


def arrive(title):
    """Let the bank debits for a product arrive, or fail, now."""
    Attempt.objects.filter(session__description=title).update(settles_at=timezone.now())
    sandbox_sweep.call_local()


ALL = (
    *(
        audit,
        waiting,
        pid,
        database,
        flush,
        sweep,
        stored,
        claimed,
        standing,
        untold,
        inbox,
        last_euro,
    ),
    *(refund_twice, refunds, staff, scarce, sessions, overdue, expire, arrive),
)
