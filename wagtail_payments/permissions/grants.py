"""Rights on single products and payments. The only module that knows django-guardian.

A product's translations are one product: a right on one of them is a right on all.
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
    """Grant a user or group ``right`` on one product, in all its translations."""
    assign_perm(right.permission, holder, product)


def product_revoke(*, right: Right, holder: Any, product: Product) -> None:
    """Take back what :func:`product_grant` gave, on whichever translation it was given."""
    for translation in product.get_translations(inclusive=True):
        remove_perm(right.permission, holder, translation)


def payment_grant(*, holder: Any, payment: Payment) -> None:
    """Let a user or group, such as an auditor, see this one payment."""
    assign_perm(VIEW_PAYMENT, holder, payment)


def payment_revoke(*, holder: Any, payment: Payment) -> None:
    """Take back what :func:`payment_grant` gave."""
    remove_perm(VIEW_PAYMENT, holder, payment)


def products_granted(user: Any, right: Right) -> QuerySet[Product]:
    """Return the products, row by row, on which ``user`` was granted ``right``."""
    granted: QuerySet[Product] = get_objects_for_user(
        user,
        right.permission,
        klass=Product,
        accept_global_perms=False,
        with_superuser=False,
    )
    return granted


def payments_granted(user: Any) -> QuerySet[Payment]:
    """Return the single payments that ``user`` was granted to see."""
    granted: QuerySet[Payment] = get_objects_for_user(
        user, VIEW_PAYMENT, klass=Payment, accept_global_perms=False, with_superuser=False
    )
    return granted


def keys_granted(user: Any, rights: Iterable[Right]) -> Q:
    """Return the condition on ``translation_key`` of having been granted one of ``rights``."""
    condition = Q(pk__in=[])
    for right in rights:
        keys = products_granted(user, right).order_by().values("translation_key")
        condition |= Q(translation_key__in=keys)
    return condition


def keys_by_right(user: Any) -> dict[str, set[UUID]]:
    """Return, for each right's codename, the keys of the products on which ``user`` was granted it."""
    found: dict[str, set[UUID]] = {}
    for grants in (
        ProductUserObjectPermission.objects.filter(user=user),
        ProductGroupObjectPermission.objects.filter(group__in=user.groups.all()),
    ):
        pairs = grants.values_list("permission__codename", "content_object__translation_key")
        for codename, key in pairs:
            found.setdefault(codename, set()).add(key)
    return found


def product_holders(product: Product) -> dict[Any, set[str]]:
    """Return who was granted something on ``product``: user or group → the rights' codenames."""
    of_product = {"content_object__translation_key": product.translation_key}
    found: dict[Any, set[str]] = {}
    for grant in ProductGroupObjectPermission.objects.filter(**of_product).select_related(
        "group", "permission"
    ):
        found.setdefault(grant.group, set()).add(grant.permission.codename)
    for grant in ProductUserObjectPermission.objects.filter(**of_product).select_related(
        "user", "permission"
    ):
        found.setdefault(grant.user, set()).add(grant.permission.codename)
    return {holder: rights & set(RIGHTS) for holder, rights in found.items()}


def users_granted(key: UUID | None, rights: Collection[Right]) -> QuerySet[Any]:
    """Return the users who were granted one of ``rights``, on the product with ``key`` or on any."""
    grants: dict[str, Any] = {"permission__codename__in": [right.codename for right in rights]}
    if key is not None:
        grants["content_object__translation_key"] = key
    by_group = ProductGroupObjectPermission.objects.filter(**grants).values("group")
    by_user = ProductUserObjectPermission.objects.filter(**grants).values("user")
    users = get_user_model()._default_manager.filter(is_active=True)
    return users.filter(Q(groups__in=Group.objects.filter(pk__in=by_group)) | Q(pk__in=by_user))
