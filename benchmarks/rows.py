"""Creates payments and events, and counts what was processed."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import Site

from benchmarks.instant import AMOUNT
from wagtail_payments.enums import EventKind, PaymentStatus, WebhookState
from wagtail_payments.models import Delivery, Job, Payment, PaymentEvent, Receipt, WebhookEvent
from wagtail_payments.selectors.reconciliation import RECONCILE

BATCH = 500


def create_payments(number: int, *, email_every: int) -> list[str]:
    """Create pending payments; return their checkout references.

    One payer in ``email_every`` has an email address, and gets a receipt by email.
    """
    site = Site.objects.get(is_default_site=True)
    later = timezone.now() + timedelta(hours=6)
    rows = [_payment(n, site, later, mail=n % email_every == 0) for n in range(number)]
    Payment.objects.bulk_create(rows, batch_size=BATCH)
    return [row.checkout_reference for row in rows]


def postpone_reconciliation() -> None:
    """Postpone the nightly reconciliation, which is due immediately on a new site.

    The instant provider can't list payments, so it would be queried about each, before any event.
    """
    later = timezone.now() + timedelta(days=1)
    Job.objects.create(name=f"{RECONCILE}instant", next_attempt_at=later)


def create_events(references: list[str]) -> list[int]:
    """Store an event for each checkout in the inbox; return the events' ids."""
    rows = [
        WebhookEvent(
            provider="instant",
            mode="test",
            event_id=f"evt_{reference}",
            type="checkout.completed",
            checkout_reference=reference,
            body=b"{}",
        )
        for reference in references
    ]
    WebhookEvent.objects.bulk_create(rows, batch_size=BATCH)
    return list(WebhookEvent.objects.order_by("pk").values_list("pk", flat=True))


def count(*, payments: int, events: int) -> None:
    """Raise SystemExit unless every event is stored once and every payment is applied once."""
    queued = Payment.objects.exclude(payer_email="").count()
    expected = {
        "events": _once(WebhookEvent.objects.values_list("event_id"), events),
        "processed": _once(
            WebhookEvent.objects.filter(state=WebhookState.PROCESSED).values_list("event_id"),
            events,
        ),
        "paid": _once(
            PaymentEvent.objects.filter(
                kind=EventKind.STATUS_CHANGED, data__after=PaymentStatus.SUCCEEDED
            ).values_list("payment"),
            payments,
        ),
        "receipts": _once(Receipt.objects.values_list("payment"), payments),
        "numbers": _once(
            Receipt.objects.filter(number__lte=payments).values_list("number"), payments
        ),
        "deliveries": _once(Delivery.objects.values_list("kind", "key"), payments + queued),
    }
    print(f"  {events} events, {payments} payments, {payments + queued} deliveries: ", end="")
    if any(lost or duplicated for lost, duplicated in expected.values()):
        raise SystemExit(f"(lost, duplicated): {expected}")
    print("0 lost, 0 duplicated")


def _once(found: QuerySet[Any], expected: int) -> tuple[int, int]:
    """Return the number of missing rows, and the number of duplicate rows."""
    counted = Counter(found)
    return expected - len(counted), counted.total() - len(counted)


def _payment(number: int, site: Site, later: datetime, *, mail: bool) -> Payment:
    return Payment(
        attempt_key=str(uuid4()),
        site=site,
        status=PaymentStatus.PENDING,
        product_key=uuid4(),
        price_key=uuid4(),
        title="Apple tree",
        unit_amount=AMOUNT,
        amount=AMOUNT,
        currency="EUR",
        payer_email="bench@example.org" if mail else "",
        provider="instant",
        mode="test",
        ui="hosted",
        checkout_reference=f"cs_{number}",
        expires_at=later,
        next_check_at=later,
    )
