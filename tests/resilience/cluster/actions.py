"""Actions that tests run in the site's processes."""

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
from wagtail_payments.sandbox.models import Refund as SandboxRefund
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.sandbox.tasks import sandbox_sweep
from wagtail_payments.selectors.payments.tokens import placement_token
from wagtail_payments.services.checkout.start import checkout_start
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send

PASSWORD, SECRET = "secret", "whsec_tests"


def pid():
    """Return the process id of the web worker that answers."""
    return os.getpid()


def database():
    """Return the name of the site's database; for SQLite, its file."""
    return str(connection.settings_dict["NAME"])


def flush():
    """Empty the queue."""
    tasks.HUEY.flush()


def sweep():
    """Run the consumers' periodic tasks, unless the queue has tasks."""
    if not tasks.queue_length():
        tasks.sweep.call_local()
        sandbox_sweep.call_local()


def start(product):
    site = Site.objects.get(is_default_site=True)
    return checkout_start(
        order=make_order(product), payer=make_payer(), site=site, base_url=site.root_url
    ).payment


@transaction.atomic
def undelivered_events(payments):
    """Decline and then pay each payment, without delivering events; return the events."""
    product = make_product(name="Undelivered")
    fault_arm(FaultKind.DROP, times=2 * payments)
    for _ in range(payments):
        payment = start(product)
        pay(payment, DECLINED)
        pay(payment)
    events = Event.objects.filter(session__description="Undelivered").order_by("-pk")
    return list(events.values_list("body", flat=True)[: 2 * payments])


def store_event(title):
    """Pay a payment, and store its event without processing it."""
    payment = start(make_product(name=title))
    pay(payment)
    receive_all(payment, secret=SECRET)


def lease_event(title, seconds):
    """Lease a payment's event, as a worker that was then killed."""
    reference = Payment.objects.get(title=title).checkout_reference
    until = timezone.now() + timedelta(seconds=seconds)
    events = WebhookEvent.objects.filter(checkout_reference=reference)
    events.update(leased_until=until, attempts=1)


def states(title):
    """Return the states of a payment, its events and its deliveries, and its number of receipts."""
    payment = Payment.objects.get(title=title)
    events = WebhookEvent.objects.filter(checkout_reference=payment.checkout_reference)
    return [
        payment.status,
        *events.values_list("state", flat=True),
        *payment.deliveries.values_list("state", flat=True),
        Receipt.objects.filter(payment=payment).count(),
    ]


def inbox(title):
    """Count a product's successful payments, processed events and declines."""
    payments = Payment.objects.filter(title=title)
    return {
        "paid": payments.filter(status="succeeded").count(),
        "rows": payments.filter(webhook_events__state="processed").count(),
        "declined": payments.filter(events__kind="attempt_declined").count(),
    }


def last_euro():
    """Create a payment with one euro left to refund; return its refund URL and reference."""
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
    """Refund the last euro in two threads, each with its own connection; return the results."""
    payment = Payment.objects.get(payment_reference=reference)
    barrier = Barrier(2)

    def refund(amount):
        try:
            barrier.wait()
            created = refund_create(
                payment_id=payment.pk, key=uuid4(), amount=amount, reason="duplicate", actor=None
            )
            return str(refund_send(refund_id=created.pk).refund.status)
        except StaffRefused as refused:
            return str(refused.message)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(refund, (100, 100)))


def refunds(reference):
    """Return a payment's refunds, in our database and at the company."""
    payment = Payment.objects.get(payment_reference=reference)
    sandbox_refunds = SandboxRefund.objects.filter(session__payment_reference=reference)
    return {
        "local": list(payment.refunds.values_list("status", "amount")),
        "sandbox": list(sandbox_refunds.values_list("amount", flat=True)),
        "refunded": payment.refunded_amount,
        "requested": payment.events.filter(kind="refund_requested").count(),
    }


def staff(username):
    """Create a superuser."""
    get_user_model().objects.create_superuser(username, f"{username}@example.org", PASSWORD)


def last_item(title):
    """Create a product with a stock of one; return the data of its payment block."""
    product = make_product(name=title, prices=[{"amount": 1250, "stock": 1}])
    token = placement_token(page_id=None, revision_id=None, product_id=product.pk)
    return {"placement": token, "price_key": str(product.prices.get().key)}


def sessions(title):
    """Return the states of the company's checkouts for a product."""
    return list(Session.objects.filter(description=title).values_list("state", flat=True))


def overdue(title):
    """Make a product's payments overdue, in our database only."""
    past = timezone.now() - timedelta(minutes=5)
    Payment.objects.filter(title=title).update(expires_at=past)


def expire(title):
    """Expire a product's checkouts at the company, which sends events."""
    past = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(description=title).update(expires_at=past)
    sandbox_sweep.call_local()


def settle_bank_debits(title):
    """Settle the bank debits for a product now."""
    Attempt.objects.filter(session__description=title).update(settles_at=timezone.now())
    sandbox_sweep.call_local()


ALL = (
    audit,
    waiting,
    pid,
    database,
    flush,
    sweep,
    store_event,
    lease_event,
    states,
    undelivered_events,
    inbox,
    last_euro,
    refund_twice,
    refunds,
    staff,
    last_item,
    sessions,
    overdue,
    expire,
    settle_bank_debits,
)
