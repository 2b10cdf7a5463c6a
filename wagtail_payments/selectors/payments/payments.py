"""Payments."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import UNFINISHED_STATUSES, PaymentStatus
from wagtail_payments.models import Payment, PaymentSettings, Product
from wagtail_payments.money import format_amount
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.selectors.receipts.links import receipt_given

from .tokens import payment_token

_JUST_NOW = timedelta(minutes=10)


def payments_of_user(user: Any) -> QuerySet[Payment]:
    """Return the payments that ``user`` made while signed in, newest first. Email never matches."""
    if not user.is_authenticated:
        return Payment.objects.none()
    started = Payment.objects.filter(payer=user).exclude(status=PaymentStatus.CREATED)
    return started.select_related("receipt").order_by("-created_at", "-id")


def payment_just_made(product: Product, public_ids: Collection[UUID]) -> Payment | None:
    """Return the latest of these payments that paid for or ordered ``product`` within ten minutes.

    An offline payment counts as ordered as soon as its reference number is given.
    """
    if not public_ids:
        return None
    recent = timezone.now() - _JUST_NOW
    offline = [alias for alias in payments_conf().PROVIDERS if provider_is_offline(alias)]
    paid = Q(status=PaymentStatus.SUCCEEDED, paid_at__gte=recent)
    ordered = Q(status=PaymentStatus.PENDING, provider__in=offline, created_at__gte=recent)
    mine = Payment.objects.filter(public_id__in=public_ids, product_key=product.translation_key)
    return mine.filter(paid | ordered).order_by("-created_at").first()


def payment_seller(payment: Payment) -> PaymentSettings:
    """Return the seller of the payment's site, an empty one if the site was deleted."""
    return PaymentSettings.objects.filter(site=payment.site_id).first() or PaymentSettings()


def payment_instructions(payment: Payment) -> str:
    """Return the site's instructions for offline payments."""
    return payment_seller(payment).offline_instructions


def provider_is_offline(alias: str) -> bool:
    """Tell whether the provider is offline: staff mark its payments as received."""
    try:
        return get_provider(alias).offline
    except ProviderMisconfigured:
        return False


def payment_status_path(payment: Payment) -> str:
    """Return the path of the payment's public status page."""
    return reverse("wagtail_payments:status", args=[payment_token(payment)])


def payment_receipt_path(payment: Payment, *, user_id: int | None = None) -> str | None:
    """Return the path of the receipt's PDF, None if the user of this id cannot get it."""
    if not receipt_given(payment, user_id=user_id):
        return None
    return reverse("wagtail_payments:receipt", args=[payment_token(payment)])


def payment_taken_text(payment: Payment) -> str:
    """Return the amount charged for a flagged payment, in its currency and the active language."""
    flag = payment.mismatch
    if flag is None:
        return format_amount(payment.captured_amount, payment.currency)
    return format_amount(flag.amount or 0, flag.data.get("currency") or payment.currency)


def payment_came_text(payment: Payment) -> str:
    """Return the amount received, in its currency, or the amount requested before that."""
    if not payment.is_paid:
        return payment.display_amount
    return payment.display_captured if payment.captured_amount else payment_taken_text(payment)


def payment_dashboard_url(payment: Payment) -> str | None:
    """Return the URL of the payment in its provider's dashboard, None if there is none."""
    try:
        provider = get_provider(payment.provider)
    except ProviderMisconfigured:
        return None
    return provider.dashboard_url(payment.payment_reference or "")


def payments_filter(
    payments: QuerySet[Payment],
    *,
    status: Collection[str] = (),
    product: UUID | None = None,
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    mode: str | None = None,
) -> QuerySet[Payment]:
    """Return the ``payments`` that match all given filters; ``created_to`` is exclusive."""
    fields = {
        "status__in": status,
        "product_key": product,
        "created_at__gte": created_from,
        "created_at__lt": created_to,
        "mode": mode,
    }
    return payments.filter(**{name: value for name, value in fields.items() if value})


def payments_to_poll() -> QuerySet[Payment]:
    """Return the unfinished payments that are due to be polled."""
    return Payment.objects.filter(status__in=UNFINISHED_STATUSES, next_check_at__lte=timezone.now())
