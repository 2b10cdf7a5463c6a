"""Reads about payments."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from ..enums import PaymentStatus
from ..models import Payment
from ..providers.exceptions import ProviderMisconfigured
from ..providers.registry import get_provider
from .tokens import payment_token


def payments_of_user(user: Any) -> QuerySet[Payment]:
    """Return the payments that this signed-in person made, newest first. Never matched by e-mail."""
    if not user.is_authenticated:
        return Payment.objects.none()
    started = Payment.objects.filter(payer=user).exclude(status=PaymentStatus.CREATED)
    return started.select_related("receipt").order_by("-created_at", "-id")


def payment_status_path(payment: Payment) -> str:
    """Return the path of the payment's public status page."""
    return reverse("wagtail_payments:status", args=[payment_token(payment)])


def payment_receipt_path(payment: Payment) -> str | None:
    """Return the path of the receipt's PDF, None while there is no receipt."""
    if not hasattr(payment, "receipt"):
        return None
    return reverse("wagtail_payments:receipt", args=[payment_token(payment)])


def payment_dashboard_url(payment: Payment) -> str | None:
    """Return where staff see the payment at its provider, None when there is no such place."""
    try:
        provider = get_provider(payment.provider)
    except ProviderMisconfigured:
        return None
    return provider.dashboard_url(payment.payment_reference or "")


def payments_search(payments: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    """Return those of ``payments`` that match what staff typed.

    That is a transaction id, a receipt number, the last four digits, or a part of product, name or
    e-mail.
    """
    words = text.strip()
    match = Q(payer_email__icontains=words) | Q(payer_name__icontains=words)
    match |= Q(title__icontains=words) | Q(method_last4=words) | Q(receipt__code__iexact=words)
    with suppress(ValueError):
        match |= Q(public_id=UUID(words))
    return payments.filter(match)
