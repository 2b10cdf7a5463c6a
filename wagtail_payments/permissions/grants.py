"""Permissions for single products and payments. The only module that uses django-guardian.

A product's translations count as one product: a permission for one applies to all.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm

from wagtail_payments.models import (
    Payment,
    Product,
    ProductGroupObjectPermission,
    ProductUserObjectPermission,
)

from .rights import RIGHTS, Right

VIEW_PAYMENT = "wagtail_payments.view_payment"


def product_grant(*, right: Right, holder: Any, product: Product) -> None:
    """Grant ``right`` for one product, including its translations, to a user or group."""
    assign_perm(right.permission, holder, product)


def product_revoke(*, right: Right, holder: Any, product: Product) -> None:
    """Revoke ``right`` for one product, whichever of its translations it was granted for."""
    for translation in product.get_translations(inclusive=True):
        remove_perm(right.permission, holder, translation)


def payment_grant(*, holder: Any, payment: Payment) -> None:
    """Let a user or group, such as an auditor, see one payment, without its payer."""
    assign_perm(VIEW_PAYMENT, holder, payment)


def payment_revoke(*, holder: Any, payment: Payment) -> None:
    """Revoke what :func:`payment_grant` granted."""
    remove_perm(VIEW_PAYMENT, holder, payment)


def products_granted(user: Any, right: Right) -> QuerySet[Product]:
    """Return the products for which ``user`` was granted ``right``, without their translations."""
    granted: QuerySet[Product] = get_objects_for_user(
        user,
        right.permission,
        klass=Product,
        accept_global_perms=False,
        with_superuser=False,
    )
    return granted


def payments_granted(user: Any) -> QuerySet[Payment]:
    """Return the single payments that ``user`` was granted permission to see."""
    granted: QuerySet[Payment] = get_objects_for_user(
        user, VIEW_PAYMENT, klass=Payment, accept_global_perms=False, with_superuser=False
    )
    return granted


def keys_granted(user: Any, rights: Iterable[Right]) -> Q:
    """Return a condition on ``translation_key``: ``user`` was granted one of ``rights``."""
    condition = Q(pk__in=[])
    for right in rights:
        keys = products_granted(user, right).order_by().values("translation_key")
        condition |= Q(translation_key__in=keys)
    return condition


def keys_by_right(user: Any) -> dict[str, set[UUID]]:
    """Return the translation keys of the products that ``user`` has permissions for, by codename."""
    keys: dict[str, set[UUID]] = {}
    for grants in (
        ProductUserObjectPermission.objects.filter(user=user),
        ProductGroupObjectPermission.objects.filter(group__in=user.groups.all()),
    ):
        pairs = grants.values_list("permission__codename", "content_object__translation_key")
        for codename, key in pairs:
            keys.setdefault(codename, set()).add(key)
    return keys


def product_holders(product: Product) -> dict[Any, set[str]]:
    """Return the codenames of the permissions granted for ``product``, by user or group."""
    fields = {"content_object__translation_key": product.translation_key}
    holders: dict[Any, set[str]] = {}
    for grant in ProductGroupObjectPermission.objects.filter(**fields).select_related(
        "group", "permission"
    ):
        holders.setdefault(grant.group, set()).add(grant.permission.codename)
    for grant in ProductUserObjectPermission.objects.filter(**fields).select_related(
        "user", "permission"
    ):
        holders.setdefault(grant.user, set()).add(grant.permission.codename)
    return {holder: rights & set(RIGHTS) for holder, rights in holders.items()}


def users_granted(key: UUID | None, rights: Collection[Right]) -> QuerySet[Any]:
    """Return the active users who were granted one of ``rights``.

    ``key`` is the translation key of a product; None means any product.
    """
    fields: dict[str, Any] = {"permission__codename__in": [right.codename for right in rights]}
    if key is not None:
        fields["content_object__translation_key"] = key
    by_group = ProductGroupObjectPermission.objects.filter(**fields).values("group")
    by_user = ProductUserObjectPermission.objects.filter(**fields).values("user")
    users = get_user_model()._default_manager.filter(is_active=True)
    return users.filter(Q(groups__in=Group.objects.filter(pk__in=by_group)) | Q(pk__in=by_user))
