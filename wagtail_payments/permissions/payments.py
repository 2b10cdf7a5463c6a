"""Permissions for payments.

They follow from the product, so a million payments need no permission rows. In addition, users can be
granted permission to see single payments.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from wagtail_payments.models import (
    ApiToken,
    CreditNote,
    Discrepancy,
    Payment,
    PaymentsLogEntry,
    Product,
    Receipt,
)

from .api_tokens import VIEW_TOKENS
from .grants import payments_granted
from .rights import (
    ACCESS,
    ACCESS_CHANGED,
    APP,
    EXPORT,
    PAYERS,
    PAYMENTS,
    RECEIVE,
    REFUND,
    SHOWING_RIGHTS,
    Right,
)
from .user_rights import user_rights


def may_view_all_payments(user: Any) -> bool:
    """Return whether ``user`` can see all payments."""
    return user_rights(user).everywhere(PAYMENTS)


def visible_payments(user: Any) -> QuerySet[Payment]:
    """Return the payments that ``user`` can see."""
    if not user.is_active:
        return Payment.objects.none()
    if may_view_all_payments(user):
        return Payment.objects.all()
    granted = Q(pk__in=payments_granted(user).order_by().values("pk"))
    return Payment.objects.filter(_products_with(user, PAYMENTS) | granted)


def may_view_some_payments(user: Any) -> bool:
    """Return whether ``user`` has permission to see any payments, even if there are none yet."""
    if not user.is_active:
        return False
    return user_rights(user).somewhere(PAYMENTS) or payments_granted(user).exists()


def exportable_payments(user: Any) -> QuerySet[Payment]:
    """Return the payments that ``user`` can export."""
    return visible_payments(user).filter(_products_with(user, EXPORT))


def may_export(user: Any) -> bool:
    """Return whether ``user`` can export any payments."""
    return user_rights(user).somewhere(EXPORT)


def may_see_reports(user: Any) -> bool:
    """Return whether ``user`` can see reports. Permission for a single payment is not enough."""
    return user_rights(user).somewhere(PAYMENTS)


def revenue_of_products(user: Any) -> Q:
    """Return a condition on ``product_key``: ``user`` can see the product's payments."""
    return _products_with(user, PAYMENTS)


def may_export_all(user: Any) -> bool:
    """Return whether ``user`` can export all payments."""
    return user_rights(user).everywhere(EXPORT) and may_view_all_payments(user)


def payments_with_payer(user: Any) -> Q:
    """Return a condition on payments: ``user`` can see the payer."""
    return _products_with(user, PAYERS)


def may_see_payer(user: Any, payment: Payment) -> bool:
    """Return whether ``user``, who can see ``payment``, can see its payer."""
    return user_rights(user).on_product(PAYERS, payment.product_key)


def may_see_some_payers(user: Any) -> bool:
    """Return whether ``user`` can see any payers."""
    return may_view_some_payments(user) and user_rights(user).somewhere(PAYERS)


def may_see_all_payers(user: Any) -> bool:
    """Return whether ``user`` can see all payers."""
    return user_rights(user).everywhere(PAYERS)


def may_refund(user: Any, payment: Payment) -> bool:
    """Return whether ``user``, who can see ``payment``, can refund it."""
    return user_rights(user).on_product(REFUND, payment.product_key)


def may_receive(user: Any, payment: Payment) -> bool:
    """Return whether ``user``, who can see ``payment``, can mark it as received, cancel or approve it."""
    return user_rights(user).on_product(RECEIVE, payment.product_key)


def may_erase_payers(user: Any) -> bool:
    """Return whether ``user`` can export and erase payers' data. Requires seeing all payers."""
    sees_all = may_view_all_payments(user) and may_see_all_payers(user)
    return bool(sees_all and user.has_perm(f"{APP}.erase_payer"))


def visible_discrepancies(user: Any) -> QuerySet[Discrepancy]:
    """Return the discrepancies of payments that ``user`` can see.

    Those of payments that are missing here are only for users who can see all payments.
    """
    if may_view_all_payments(user):
        return Discrepancy.objects.all()
    return Discrepancy.objects.filter(payment__in=visible_payments(user))


def visible_log_entries(user: Any) -> QuerySet[PaymentsLogEntry]:
    """Return the audit log entries about objects that ``user`` can see.

    Entries about tokens are for their owners, and for users who can see all tokens. Permission changes
    of a product are for users who can manage its permissions. Entries that concern neither a product
    nor a payment are for users who can see all payments.
    """
    entries: QuerySet[PaymentsLogEntry] = PaymentsLogEntry.objects.all()
    if not user.is_active:
        return entries.none()
    tokens = Q(content_type=ContentType.objects.get_for_model(ApiToken))
    access = Q(action=ACCESS_CHANGED)
    products = Q(payment=None, product_key__isnull=False)
    all_payments = may_view_all_payments(user)
    shown = Q(payment__isnull=False) if all_payments else Q(payment__in=visible_payments(user))
    shown |= products & ~access & _products_with(user, *SHOWING_RIGHTS)
    shown |= access & _products_with(user, ACCESS)
    shown |= tokens if user.has_perm(VIEW_TOKENS) else tokens & Q(user=user)
    if all_payments:
        shown |= Q(payment=None, product_key=None) & ~tokens
    return entries.filter(shown)


def _products_with(user: Any, *rights: Right) -> Q:
    """Return a condition on ``product_key``: ``user`` has one of ``rights`` for the product.

    Permissions for all products also apply to deleted products.
    """
    held = user_rights(user)
    if any(map(held.everywhere, rights)):
        return Q()
    products = Product.objects.filter(held.products(rights))
    return Q(product_key__in=products.order_by().values("translation_key"))


def visible_receipts(user: Any) -> QuerySet[Receipt]:
    """Return the receipts of payments that ``user`` can see."""
    if may_view_all_payments(user):
        return Receipt.objects.all()
    return Receipt.objects.filter(payment__in=visible_payments(user))


def visible_credit_notes(user: Any) -> QuerySet[CreditNote]:
    """Return the credit notes of payments that ``user`` can see."""
    if may_view_all_payments(user):
        return CreditNote.objects.all()
    return CreditNote.objects.filter(payment__in=visible_payments(user))
