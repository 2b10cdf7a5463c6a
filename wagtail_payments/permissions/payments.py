"""Who may see and do what with payments.

A payment's rights follow from its product, so a million payments need no permission rows; a single
payment may be shown to somebody beside that.
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
    """Tell whether ``user`` sees every payment."""
    return user_rights(user).everywhere(PAYMENTS)


def visible_payments(user: Any) -> QuerySet[Payment]:
    """Return the payments that ``user`` may see."""
    if not user.is_active:
        return Payment.objects.none()
    if may_view_all_payments(user):
        return Payment.objects.all()
    single = Q(pk__in=payments_granted(user).order_by().values("pk"))
    return Payment.objects.filter(_of_products(user, PAYMENTS) | single)


def may_view_some_payments(user: Any) -> bool:
    """Tell whether ``user`` may see payments at all, be it none yet."""
    if not user.is_active:
        return False
    return user_rights(user).somewhere(PAYMENTS) or payments_granted(user).exists()


def exportable_payments(user: Any) -> QuerySet[Payment]:
    """Return the payments that ``user`` may take away in a file."""
    return visible_payments(user).filter(_of_products(user, EXPORT))


def may_export(user: Any) -> bool:
    """Tell whether ``user`` may export some payments."""
    return user_rights(user).somewhere(EXPORT)


def may_see_reports(user: Any) -> bool:
    """Tell whether ``user`` sees what came in for some product. A payment shown alone isn't a report."""
    return user_rights(user).somewhere(PAYMENTS)


def revenue_of_products(user: Any) -> Q:
    """Return the condition on ``product_key`` of the products whose payments ``user`` may see."""
    return _of_products(user, PAYMENTS)


def may_export_all(user: Any) -> bool:
    """Tell whether ``user`` may take away every payment in a file."""
    return user_rights(user).everywhere(EXPORT) and may_view_all_payments(user)


def payments_with_payer(user: Any) -> Q:
    """Return the condition of payments that show ``user`` who paid."""
    return _of_products(user, PAYERS)


def may_see_payer(user: Any, payment: Payment) -> bool:
    """Tell whether ``user``, who may see ``payment``, may see who paid it."""
    return user_rights(user).on_product(PAYERS, payment.product_key)


def may_see_some_payers(user: Any) -> bool:
    """Tell whether ``user`` may see who paid for something."""
    return may_view_some_payments(user) and user_rights(user).somewhere(PAYERS)


def may_see_all_payers(user: Any) -> bool:
    """Tell whether ``user`` may see every payer's name and address."""
    return user_rights(user).everywhere(PAYERS)


def may_refund(user: Any, payment: Payment) -> bool:
    """Tell whether ``user``, who may see ``payment``, may give its money back."""
    return user_rights(user).on_product(REFUND, payment.product_key)


def may_receive(user: Any, payment: Payment) -> bool:
    """Tell whether ``user``, who may see ``payment``, may say that its money came, or never will."""
    return user_rights(user).on_product(RECEIVE, payment.product_key)


def may_erase_payers(user: Any) -> bool:
    """Tell whether ``user`` may export and erase what is kept about payers: needs to see them all."""
    seeing = may_view_all_payments(user) and may_see_all_payers(user)
    return bool(seeing and user.has_perm(f"{APP}.erase_payer"))


def visible_discrepancies(user: Any) -> QuerySet[Discrepancy]:
    """Return the differences of payments that ``user`` may see; all, for whoever sees all payments."""
    if may_view_all_payments(user):
        return Discrepancy.objects.all()
    return Discrepancy.objects.filter(payment__in=visible_payments(user))


def visible_log_entries(user: Any) -> QuerySet[PaymentsLogEntry]:
    """Return the audit log's entries about what ``user`` may see.

    What is about neither product nor payment is for those who see all payments; tokens are for their
    owners, and those who see all tokens; who was given what on a product for those who decide that.
    """
    entries: QuerySet[PaymentsLogEntry] = PaymentsLogEntry.objects.all()
    if not user.is_active:
        return entries.none()
    tokens = Q(content_type=ContentType.objects.get_for_model(ApiToken))
    access = Q(action=ACCESS_CHANGED)
    of_products = Q(payment=None, product_key__isnull=False)
    all_payments = may_view_all_payments(user)
    shown = Q(payment__isnull=False) if all_payments else Q(payment__in=visible_payments(user))
    shown |= of_products & ~access & _of_products(user, *SHOWING_RIGHTS)
    shown |= access & _of_products(user, ACCESS)
    shown |= tokens if user.has_perm(VIEW_TOKENS) else tokens & Q(user=user)
    if all_payments:
        shown |= Q(payment=None, product_key=None) & ~tokens
    return entries.filter(shown)


def _of_products(user: Any, *rights: Right) -> Q:
    """Return the condition on ``product_key`` of products on which ``user`` has one of ``rights``.

    Rights on everything hold for products that are deleted, too.
    """
    held = user_rights(user)
    if any(map(held.everywhere, rights)):
        return Q()
    products = Product.objects.filter(held.products(rights))
    return Q(product_key__in=products.order_by().values("translation_key"))


def visible_receipts(user: Any) -> QuerySet[Receipt]:
    """Return the receipts of payments that ``user`` may see."""
    if may_view_all_payments(user):
        return Receipt.objects.all()
    return Receipt.objects.filter(payment__in=visible_payments(user))


def visible_credit_notes(user: Any) -> QuerySet[CreditNote]:
    """Return the credit notes of payments that ``user`` may see."""
    if may_view_all_payments(user):
        return CreditNote.objects.all()
    return CreditNote.objects.filter(payment__in=visible_payments(user))
