"""Grants and revokes the permissions of users and groups on products."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Product
from wagtail_payments.permissions import (
    ACCESS_CHANGED,
    RIGHTS,
    product_grant,
    product_holders,
    product_revoke,
    rights_on,
)
from wagtail_payments.services.audit.log import audit


@dataclass(frozen=True, slots=True)
class AccessChange:
    """The permissions that were granted and revoked, as codenames."""

    given: frozenset[str]
    taken: frozenset[str]


def access_set(
    *, product: Product, holder: Any, rights: Collection[str], actor: Any
) -> AccessChange:
    """Set the permissions of ``holder`` (a user or group) on ``product``, with what they require.

    ``actor`` grants and revokes only permissions of their own; others stay as they are. Raises
    StaffRefused for more than that.
    """
    with transaction.atomic():
        now = product_holders(product).get(holder, set())
        own = {right.codename for right in rights_on(actor, product)}
        wanted = {*rights, *(need for name in rights for need in RIGHTS[name].needs)}
        given, taken = wanted - now, (now & own) - wanted
        if not given <= own:
            raise StaffRefused(_("You can only grant permissions you have."))
        for name in given:
            product_grant(right=RIGHTS[name], holder=holder, product=product)
        for name in taken:
            product_revoke(right=RIGHTS[name], holder=holder, product=product)
        if given or taken:
            _note(product, holder, given, taken, actor)
    return AccessChange(frozenset(given), frozenset(taken))


def _note(product: Product, holder: Any, given: set[str], taken: set[str], actor: Any) -> None:
    data = {
        "holder": str(holder),
        "kind": "group" if isinstance(holder, Group) else "user",
        "holder_id": str(holder.pk),
        "given": sorted(given),
        "taken": sorted(taken),
    }
    audit(product, ACCESS_CHANGED, actor=actor, **data)
