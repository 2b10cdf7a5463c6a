"""What events can be about: how the object of an event is found, and how its state is applied."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from wagtail_payments.enums import EventSource, WebhookObject
from wagtail_payments.models import Payment, WebhookEvent
from wagtail_payments.services.payments.apply import payment_apply

from .matching import payment_of_event


@dataclass(frozen=True, slots=True)
class EventObject:
    """One kind of object.

    ``find`` returns the row that an event is about; it raises NotOurs or PaymentNotFound. ``events``
    returns the condition on all events about a row. ``apply`` asks the provider for the row's state,
    applies it, and returns the ids of the deliveries that it queued; it raises ProviderError.
    """

    find: Callable[[WebhookEvent], Payment]
    events: Callable[[Payment], Q]
    apply: Callable[[Payment], list[int]]


def _payment_events(payment: Payment) -> Q:
    events = Q(checkout_reference=payment.checkout_reference)
    if payment.payment_reference:
        events |= Q(payment_reference=payment.payment_reference)
    return events


def _payment_apply(payment: Payment) -> list[int]:
    applied = payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER, seen=payment)
    return applied.delivery_ids


OBJECTS = {
    WebhookObject.PAYMENT: EventObject(payment_of_event, _payment_events, _payment_apply),
}
