"""Who may see and do what with products."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from wagtail_payments.models import Payment, Product

from .rights import ACCESS, CHOOSE, DELETE, PAYMENTS, RIGHTS, SHOWING_RIGHTS, Right
from .user_rights import user_rights


def visible_products(user: Any) -> QuerySet[Product]:
    """Return the products that ``user`` finds in the list of products."""
    return _products(user, *SHOWING_RIGHTS)


def choosable_products(user: Any) -> QuerySet[Product]:
    """Return the products that ``user`` may put on a page."""
    return _products(user, CHOOSE)


def may_choose(user: Any, product: Product) -> bool:
    """Tell whether ``user`` may put ``product`` on a page."""
    return user_rights(user).on_product(CHOOSE, product.translation_key)


def product_is_sold(product: Product) -> bool:
    """Tell whether there is a payment for ``product``, in any of its translations."""
    return Payment.objects.filter(product_key=product.translation_key).exists()


def may_delete_unsold(user: Any, product: Product) -> bool:
    """Tell whether ``user`` may delete ``product`` as long as nobody has paid for it."""
    return user_rights(user).on_product(DELETE, product.translation_key)


def may_change_access(user: Any, product: Product) -> bool:
    """Tell whether ``user`` may decide who may do what with ``product``."""
    return user_rights(user).on_product(ACCESS, product.translation_key)


def may_see_access_of(user: Any, person: Any) -> bool:
    """Tell whether ``user`` may see what ``person`` can reach: their own, and whoever changes users."""
    changes = f"{person._meta.app_label}.change_{person._meta.model_name}"
    return bool(user.is_active and (user.pk == person.pk or user.has_perm(changes)))


def rights_on(user: Any, product: Product) -> list[Right]:
    """Return the rights that ``user`` has on ``product``: those that they may grant to others."""
    held = user_rights(user)
    return [right for right in RIGHTS.values() if held.on_product(right, product.translation_key)]


class NamedProduct(NamedTuple):
    """What names a product."""

    pk: int
    name: str
    translation_key: UUID


def products_with_visible_payments(user: Any) -> list[NamedProduct]:
    """Return the products whose payments ``user`` may see, by name, each in its first language."""
    rows = _products(user, PAYMENTS).order_by("pk").values_list(*NamedProduct._fields)
    firsts: dict[UUID, NamedProduct] = {}
    for product in map(NamedProduct._make, rows):
        firsts.setdefault(product.translation_key, product)
    return sorted(firsts.values(), key=lambda product: product.name.casefold())


def _products(user: Any, *rights: Right) -> QuerySet[Product]:
    products: QuerySet[Product] = Product.objects.filter(user_rights(user).products(rights))
    return products
