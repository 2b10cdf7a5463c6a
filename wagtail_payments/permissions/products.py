"""Permissions for products."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from wagtail_payments.models import Payment, Product

from .rights import ACCESS, CHOOSE, DELETE, PAYMENTS, RIGHTS, SHOWING_RIGHTS, Right
from .user_rights import user_rights


def visible_products(user: Any) -> QuerySet[Product]:
    """Return the products that ``user`` can see in the admin's list."""
    return _products(user, *SHOWING_RIGHTS)


def choosable_products(user: Any) -> QuerySet[Product]:
    """Return the products that ``user`` can put on pages."""
    return _products(user, CHOOSE)


def may_choose(user: Any, product: Product) -> bool:
    """Return whether ``user`` can put ``product`` on pages."""
    return user_rights(user).on_product(CHOOSE, product.translation_key)


def product_is_sold(product: Product) -> bool:
    """Return whether ``product``, or one of its translations, has a payment."""
    return Payment.objects.filter(product_key=product.translation_key).exists()


def may_delete_unsold(user: Any, product: Product) -> bool:
    """Return whether ``user`` can delete ``product`` if it was never sold."""
    return user_rights(user).on_product(DELETE, product.translation_key)


def may_change_access(user: Any, product: Product) -> bool:
    """Return whether ``user`` can manage other users' permissions for ``product``."""
    return user_rights(user).on_product(ACCESS, product.translation_key)


def may_see_access_of(user: Any, person: Any) -> bool:
    """Return whether ``user`` can see what ``person`` can access.

    Users can see their own access; users who can change users can see everyone's.
    """
    change_permission = f"{person._meta.app_label}.change_{person._meta.model_name}"
    return bool(user.is_active and (user.pk == person.pk or user.has_perm(change_permission)))


def rights_on(user: Any, product: Product) -> list[Right]:
    """Return the permissions of ``user`` for ``product``: the ones that they can grant."""
    held = user_rights(user)
    return [right for right in RIGHTS.values() if held.on_product(right, product.translation_key)]


class NamedProduct(NamedTuple):
    """A product's id, name and translation key."""

    pk: int
    name: str
    translation_key: UUID


def products_with_visible_payments(user: Any) -> list[NamedProduct]:
    """Return the products whose payments ``user`` can see, sorted by name.

    Translations are left out: each product has the name of its oldest row.
    """
    rows = _products(user, PAYMENTS).order_by("pk").values_list(*NamedProduct._fields)
    firsts: dict[UUID, NamedProduct] = {}
    for product in map(NamedProduct._make, rows):
        firsts.setdefault(product.translation_key, product)
    return sorted(firsts.values(), key=lambda product: product.name.casefold())


def _products(user: Any, *rights: Right) -> QuerySet[Product]:
    products: QuerySet[Product] = Product.objects.filter(user_rights(user).products(rights))
    return products
