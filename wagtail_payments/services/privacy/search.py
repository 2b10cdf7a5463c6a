"""Finds the payments of one person, and those that cannot be erased yet."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wagtail_payments.enums import (
    CLOSED_STATUSES,
    KEPT_STATUSES,
    DeliveryState,
    RefundStatus,
    WebhookState,
)
from wagtail_payments.models import Payment
from wagtail_payments.search_keys import search_key

_SETTLED = (*KEPT_STATUSES, RefundStatus.SUCCEEDED)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A payment that cannot be erased yet, and the reason in words."""

    payment: Payment
    reason: str


@dataclass(frozen=True, slots=True)
class FoundPayer:
    """One person's payments: those that can be erased, and those that cannot yet."""

    payments: list[Payment]
    left_out: list[LeftOut]

    @property
    def all_payments(self) -> list[Payment]:
        """Both, newest first."""
        both = [*self.payments, *(item.payment for item in self.left_out)]
        return sorted(both, key=lambda payment: payment.created_at, reverse=True)


def payer_find(*, email: str = "", user: Any = None) -> FoundPayer:
    """Return the payments with exactly this email address (ignoring case), or of this user."""
    return payments_sorted(_of_user(user) if user is not None else _of_email(email))


def payments_sorted(payments: QuerySet[Payment] | list[Payment]) -> FoundPayer:
    """Return ``payments``, split into those that can be erased and those that cannot yet."""
    found = FoundPayer([], [])
    for payment in payments:
        if reason := left_out_reason(payment):
            found.left_out.append(LeftOut(payment, reason))
        else:
            found.payments.append(payment)
    return found


def left_out_reason(payment: Payment) -> str:
    """Return why ``payment`` cannot be erased yet, empty if it can."""
    if not payment.is_finished:
        return _("The payment is not finished.")
    if payment.refunds.exclude(status__in=_SETTLED).exists():
        return _("A refund is in progress.")
    if payment.disputes.exclude(status__in=CLOSED_STATUSES).exists():
        return _("A dispute is open.")
    if payment.deliveries.filter(state=DeliveryState.PENDING).exists():
        return _("An email or signal has not been sent yet.")
    if payment.webhook_events.filter(state=WebhookState.PENDING).exists():
        return _("A webhook event has not been processed yet.")
    return ""


def _of_user(user: Any) -> QuerySet[Payment]:
    return Payment.objects.filter(payer=user).order_by("-created_at")


def _of_email(email: str) -> list[Payment]:
    # Two addresses may have the same key, which ignores accents.
    wanted, key = email.strip().casefold(), search_key(email)
    same_key = Payment.objects.filter(email_key=key).order_by("-created_at") if key else []
    return [payment for payment in same_key if payment.payer_email.casefold() == wanted]
