"""The outbox: emails and signals are sent at least once, and recorded.

A process that is killed between sending and committing sends again, with the same Message-ID.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from wagtail_payments import signals
from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import DeliveryKind, DeliveryState, EventKind, EventSource
from wagtail_payments.models import Delivery, Payment
from wagtail_payments.models.deliveries import delivery_key
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.leases import (
    SWEPT,
    lease_acquire,
    lease_due_ids,
    lease_release,
    next_attempt,
    unleased,
)
from wagtail_payments.utils.tracebacks import error_text

from .emails import (
    credit_note_email_send,
    instructions_email_send,
    receipt_email_send,
    receipt_link_email_send,
    staff_email_send,
)

SIGNALS = {
    "payment_succeeded": signals.payment_succeeded,
    "payment_failed": signals.payment_failed,
    "payment_refunded": signals.payment_refunded,
}

EMAILS = {
    DeliveryKind.RECEIPT_EMAIL: receipt_email_send,
    DeliveryKind.CREDIT_NOTE_EMAIL: credit_note_email_send,
    DeliveryKind.RECEIPT_LINK_EMAIL: receipt_link_email_send,
    DeliveryKind.INSTRUCTIONS_EMAIL: instructions_email_send,
    DeliveryKind.STAFF_EMAIL: staff_email_send,
}


def deliveries_add(payment: Payment, occurrences: Mapping[DeliveryKind, str]) -> list[int]:
    """Queue emails and signals, each with its occurrence; return the ids of their rows.

    Call it in the transaction of the change that causes them. The same one is queued once.
    """
    keys = {kind: delivery_key(payment, name) for kind, name in occurrences.items()}
    rows = [Delivery(payment=payment, kind=kind, key=key) for kind, key in keys.items()]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    same = Delivery.objects.filter(kind__in=keys.keys(), key__in=keys.values())
    return list(same.order_by("pk").values_list("pk", flat=True))


def deliveries_due(limit: int = SWEPT) -> list[int]:
    """Return the ids of deliveries that are due."""
    pending = Delivery.objects.filter(state=DeliveryState.PENDING)
    return lease_due_ids(pending, limit)


def delivery_send(*, delivery_id: int) -> datetime | None:
    """Send one delivery if it is due and no other worker holds it.

    An error is recorded and the delivery retried until the maximum number of attempts. Returns when
    to try again, None if nothing is left to do.
    """
    pending = Delivery.objects.filter(state=DeliveryState.PENDING)
    delivery = lease_acquire(pending, delivery_id)
    if delivery is None:
        return None
    try:
        _send(delivery)
    except Exception:
        # The row must survive any error of an email server or a receiver.
        return _failed(delivery, error_text())
    _sent(delivery)
    return None


def _send(delivery: Delivery) -> None:
    mail = EMAILS.get(DeliveryKind(delivery.kind))
    if mail:
        mail(delivery)
    else:
        _send_signal(delivery)


def _send_signal(delivery: Delivery) -> None:
    payment = delivery.owner
    name, _, refund_id = delivery.occurrence.partition(":")
    fields = {"refund": payment.refunds.get(public_id=UUID(refund_id))} if refund_id else {}
    results = SIGNALS[name].send_robust(sender=Payment, payment=payment, **fields)
    errors = [result for _, result in results if isinstance(result, Exception)]
    if errors:
        raise errors[0]


def delivery_resend(*, delivery_id: int, actor: Any) -> bool:
    """Queue a delivery again on request of staff; return whether it will be sent.

    A delivery that a worker holds is left alone, and so is an email to an erased payer. The email
    gets a new Message-ID, because the payer's email server may drop a second one with the same id.
    """
    if _has_nowhere_to_go(delivery_id):
        return False
    with transaction.atomic():
        again = unleased(Delivery.objects.filter(pk=delivery_id)).update(
            state=DeliveryState.PENDING,
            attempts=0,
            next_attempt_at=timezone.now(),
            leased_until=None,
            resends=F("resends") + 1,
        )
        if again:
            delivery = Delivery.objects.select_related("payment").get(pk=delivery_id)
            _note(delivery, EventKind.DELIVERY_RESENT, source=EventSource.STAFF, actor=actor)
    return bool(again)


def _has_nowhere_to_go(delivery_id: int) -> bool:
    to_payers = set(EMAILS) - {DeliveryKind.STAFF_EMAIL}
    nowhere = Delivery.objects.filter(pk=delivery_id, payment__erased_at__isnull=False)
    return nowhere.filter(kind__in=to_payers).exists()


@transaction.atomic
def _sent(delivery: Delivery) -> None:
    if lease_release(delivery, state=DeliveryState.SENT, sent_at=timezone.now(), last_error=""):
        _note(delivery, EventKind.DELIVERY_SENT)


@transaction.atomic
def _failed(delivery: Delivery, error: str) -> datetime | None:
    if delivery.attempts >= payments_conf().DELIVERY_MAXIMUM_ATTEMPTS:
        if lease_release(delivery, state=DeliveryState.FAILED, last_error=error):
            _note(delivery, EventKind.DELIVERY_FAILED)
        return None
    retry_at = next_attempt(delivery.attempts)
    lease_release(delivery, last_error=error, next_attempt_at=retry_at)
    return retry_at


def _note(
    delivery: Delivery,
    kind: EventKind,
    *,
    source: EventSource = EventSource.SYSTEM,
    actor: Any = None,
) -> None:
    timeline_add(
        payment=delivery.owner,
        kind=kind,
        source=source,
        actor=actor,
        delivery=delivery.kind,
        occurrence=delivery.occurrence,
    )
