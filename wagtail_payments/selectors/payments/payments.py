"""Reads about payments."""

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
    """Return the payments that this signed-in person made, newest first. Never matched by e-mail."""
    if not user.is_authenticated:
        return Payment.objects.none()
    started = Payment.objects.filter(payer=user).exclude(status=PaymentStatus.CREATED)
    return started.select_related("receipt").order_by("-created_at", "-id")


def payment_just_made(product: Product, public_ids: Collection[UUID]) -> Payment | None:
    """Return the last of these that paid for ``product``, or ordered it, within ten minutes.

    What is paid outside any provider is ordered as soon as its reference number is given.
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
    """Return what the payment's site says about itself; nothing when the site is gone."""
    return PaymentSettings.objects.filter(site=payment.site_id).first() or PaymentSettings()


def payment_instructions(payment: Payment) -> str:
    """Return the site's words on how to pay outside any provider."""
    return payment_seller(payment).offline_instructions


def provider_is_offline(alias: str) -> bool:
    """Tell whether staff say when the money of this provider came."""
    try:
        return get_provider(alias).offline
    except ProviderMisconfigured:
        return False


def payment_status_path(payment: Payment) -> str:
    """Return the path of the payment's public status page."""
    return reverse("wagtail_payments:status", args=[payment_token(payment)])


def payment_receipt_path(payment: Payment, *, user_id: int | None = None) -> str | None:
    """Return the path of the receipt's PDF, None while it gives none to the user of this id."""
    if not receipt_given(payment, user_id=user_id):
        return None
    return reverse("wagtail_payments:receipt", args=[payment_token(payment)])


def payment_taken_text(payment: Payment) -> str:
    """Return what the provider took of a flagged payment, in its currency and the active language."""
    flag = payment.mismatch
    if flag is None:
        return format_amount(payment.captured_amount, payment.currency)
    return format_amount(flag.amount or 0, flag.data.get("currency") or payment.currency)


def payment_came_text(payment: Payment) -> str:
    """Return what came, also in another currency, in the active language; what was asked for before."""
    if not payment.is_paid:
        return payment.display_amount
    return payment.display_captured if payment.captured_amount else payment_taken_text(payment)


def payment_dashboard_url(payment: Payment) -> str | None:
    """Return where staff see the payment at its provider, None when there is no such place."""
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
    """Return those of ``payments`` to which all that is given applies; ``created_to`` is excluded."""
    fields = {
        "status__in": status,
        "product_key": product,
        "created_at__gte": created_from,
        "created_at__lt": created_to,
        "mode": mode,
    }
    return payments.filter(**{name: value for name, value in fields.items() if value})


def payments_to_poll() -> QuerySet[Payment]:
    """Return the unfinished payments about which the provider should know more by now."""
    return Payment.objects.filter(status__in=UNFINISHED_STATUSES, next_check_at__lte=timezone.now())
