"""The actions that a payment allows now."""

from collections.abc import Iterator

from wagtail_payments.enums import EventKind, Mode, ReviewReason
from wagtail_payments.models import Payment
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider

from .payments import provider_is_offline


def payment_actions(payment: Payment) -> frozenset[str]:
    """Return the names of the actions that staff can take on a payment.

    They are refresh (from the provider), receive, cancel, refund, review (approve a flagged
    payment) and issue_receipt (issue a withheld receipt).
    """
    actions = {"refresh"} if payment.checkout_reference and payment_pollable(payment) else set()
    if payment.is_paid:
        actions |= set(_actions_if_paid(payment))
    elif payment.checkout_reference and provider_is_offline(payment.provider):
        actions |= {"receive"} if payment.is_finished else {"receive", "cancel"}
    return frozenset(actions)


def _actions_if_paid(payment: Payment) -> Iterator[str]:
    known = payment.payment_reference or provider_is_offline(payment.provider)
    if known and payment.captured_amount > payment.refunded_amount:
        yield "refund"
    if payment.review_reason:
        yield "review"
    elif receipt_issuable(payment):
        yield "issue_receipt"


def receipt_issuable(payment: Payment) -> bool:
    """Tell whether ``payment`` has no receipt and may get one, which other currencies exclude."""
    issued = hasattr(payment, "receipt")
    return payment.is_paid and not issued and not payment_in_other_currency(payment)


def payment_in_other_currency(payment: Payment) -> bool:
    """Tell whether it was paid in another currency than ordered, even if that was reviewed."""
    reason = ReviewReason.CURRENCY_MISMATCH
    if payment.review_reason == reason or (payment.is_paid and not payment.captured_amount):
        return True
    flags = payment.events.filter(kind=EventKind.FLAGGED)
    return any(line.data.get("reason") == reason for line in flags)


def payment_pollable(payment: Payment) -> bool:
    """Tell whether the payment's provider is set up in its mode and is not offline."""
    try:
        provider = get_provider(payment.provider)
    except ProviderMisconfigured:
        return False
    return not provider.offline and provider.live == (payment.mode == Mode.LIVE)
