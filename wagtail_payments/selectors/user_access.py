"""The permissions of users and groups on products, in words."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from wagtail.admin.models import Admin
from wagtail.permission_policies import ModelPermissionPolicy

from wagtail_payments.models import PaymentsLogEntry, Product
from wagtail_payments.permissions import (
    ACCESS_CHANGED,
    RIGHTS,
    Right,
    product_holders,
    user_rights,
    visible_products,
)

_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Access:
    """The permissions granted to one user or group on a product."""

    holder: Any
    kind: str
    rights: list[Right]
    enters_admin: bool

    @property
    def name(self) -> str:
        """The group's name, or the user's full name and username."""
        full = "" if self.kind == "group" else self.holder.get_full_name().strip()
        return f"{full} ({self.holder})" if full else str(self.holder)


def product_access(product: Product) -> list[Access]:
    """Return the permissions granted on ``product``, groups first."""
    enter = _who_enters_admin()
    return [
        Access(
            holder=holder,
            kind=holder_kind(holder),
            rights=rights_in_order(names),
            enters_admin=holder.pk in enter[holder_kind(holder)],
        )
        for holder, names in product_holders(product).items()
        if names
    ]


def groups_everywhere() -> list[tuple[Group, list[Right]]]:
    """Return the groups with permissions on all products, and those permissions, in two queries."""
    found = []
    for group in Group.objects.order_by("name").prefetch_related("permissions__content_type"):
        held = {
            f"{perm.content_type.app_label}.{perm.codename}" for perm in group.permissions.all()
        }
        rights = [right for right in RIGHTS.values() if held & set(right.model_permissions)]
        if rights:
            found.append((group, rights))
    return found


def access_changes(product: Product) -> QuerySet[PaymentsLogEntry]:
    """Return the latest changes of permissions on ``product``, from the audit log."""
    entries: QuerySet[PaymentsLogEntry] = PaymentsLogEntry.objects.filter(
        action=ACCESS_CHANGED, product_key=product.translation_key
    )
    return entries.select_related("user").order_by("-timestamp", "-pk")[:_CHANGES]


def holder_kind(holder: Any) -> str:
    """Return "group" or "user"."""
    return "group" if isinstance(holder, Group) else "user"


def holder_found(kind: str, pk: str) -> Any | None:
    """Return the user or group of an admin URL, None if there is none."""
    models: dict[str, Any] = {"group": Group, "user": get_user_model()}
    model = models.get(kind)
    if model is None:
        return None
    try:
        return model._default_manager.filter(pk=pk).first()
    except (ValueError, TypeError, OverflowError):
        return None


def users_named(text: str) -> QuerySet[Any]:
    """Return the active users with this username or email address."""
    model = get_user_model()
    named = Q(**{f"{model.USERNAME_FIELD}__iexact": text})
    email = model.get_email_field_name()
    if email:
        named |= Q(**{f"{email}__iexact": text})
    return model._default_manager.filter(named, is_active=True)


def rights_in_order(names: Collection[str]) -> list[Right]:
    """Return the permissions with these codenames, in the order of the screens."""
    return [right for name, right in RIGHTS.items() if name in names]


def rights_everywhere(user: Any) -> list[Right]:
    """Return the permissions of ``user`` on all products."""
    held = user_rights(user)
    return [right for right in RIGHTS.values() if held.everywhere(right)]


def products_reached(user: Any, *, onlooker: Any) -> list[tuple[Product, list[Right]]]:
    """Return the permissions of ``user`` on single products that ``onlooker`` may see, one row each."""
    granted = user_rights(user).granted_keys()
    products = visible_products(onlooker).filter(translation_key__in=set().union(*granted.values()))
    rows: dict[Any, tuple[Product, list[Right]]] = {}
    for product in products.order_by("name", "pk"):
        key = product.translation_key
        names = [name for name, keys in granted.items() if key in keys]
        rows.setdefault(key, (product, rights_in_order(names)))
    return list(rows.values())


def _who_enters_admin() -> dict[str, set[Any]]:
    """Return the ids of the users and groups with access to the admin, in two queries."""
    users = ModelPermissionPolicy(Admin).users_with_permission("access")
    groups = Group.objects.filter(
        permissions__content_type__app_label="wagtailadmin", permissions__codename="access_admin"
    )
    return {
        "user": set(users.values_list("pk", flat=True)),
        "group": set(groups.values_list("pk", flat=True)),
    }
