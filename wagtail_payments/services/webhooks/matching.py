"""Finds the payment that an event is about."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet

from wagtail_payments.enums import EventSource
from wagtail_payments.exceptions import NotOurs, PaymentNotFound
from wagtail_payments.models import Payment, WebhookEvent
from wagtail_payments.providers.exceptions import ReferenceUnknown
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.providers.types import CheckoutSession
from wagtail_payments.services.payments.apply import payment_opened
from wagtail_payments.services.providers import APP


def payment_of_event(event: WebhookEvent) -> Payment:
    """Return the payment that an event is about, with its checkout's reference.

    Raises NotOurs for an object of other software in the same account, PaymentNotFound if it is not
    known (yet).
    """
    ours = Payment.objects.filter(provider=event.provider, mode=event.mode)
    references = {
        "checkout_reference": event.checkout_reference,
        "payment_reference": event.payment_reference,
    }
    for name, reference in references.items():
        if reference and (payment := ours.filter(**{name: reference}).first()):
            return payment
    payment = _same(_payment_named(event, ours), event)
    return payment if payment.checkout_reference else _checkout_adopted(payment, event)


def _checkout_adopted(payment: Payment, event: WebhookEvent) -> Payment:
    """Record the checkout whose opening was interrupted before its reference was written."""
    if not event.checkout_reference:
        raise PaymentNotFound(
            f"It is not known yet which checkout of {payment.pk} {event} is about."
        )
    session = CheckoutSession(
        reference=event.checkout_reference, payment_reference=event.payment_reference
    )
    source = EventSource.PROVIDER
    return _same(payment_opened(payment=payment, session=session, source=source).payment, event)


def _same(payment: Payment, event: WebhookEvent) -> Payment:
    """Return ``payment`` if the event is about its checkout. Raises PaymentNotFound otherwise."""
    known, reported = payment.checkout_reference, event.checkout_reference
    if known and reported and known != reported:
        raise PaymentNotFound(f"{event} is about another checkout than that of {payment.pk}.")
    return payment


def _payment_named(event: WebhookEvent, ours: QuerySet[Payment]) -> Payment:
    """Find the payment by its metadata: its row exists before the provider is called."""
    metadata = event.metadata
    if metadata is None and not event.payment_reference:
        # Objects of ours always have a payment at the provider.
        raise NotOurs(f"{event} is about no payment.")
    if metadata is None:
        metadata = _metadata_asked(event)
    if metadata.get("app") != APP:
        raise NotOurs(f"{event} is about an object of other software.")
    try:
        payment = ours.filter(public_id=UUID(str(metadata.get("payment", "")))).first()
    except ValueError as error:
        raise PaymentNotFound(f"{event} names no payment.") from error
    if payment is None:
        raise NotOurs(f"{event} is about a payment of another site.")
    return payment


def _metadata_asked(event: WebhookEvent) -> Mapping[str, str]:
    provider = get_provider(event.provider, interactive=False)
    try:
        return provider.payment_metadata(event.payment_reference or "")
    except ReferenceUnknown as error:
        raise PaymentNotFound(f"No payment of ours belongs to {event}.") from error
