"""Who may do what with a product: giving rights to users and groups, and taking them back."""

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
    """What was given and taken, as codenames of rights."""

    given: frozenset[str]
    taken: frozenset[str]


def access_set(
    *, product: Product, holder: Any, rights: Collection[str], actor: Any
) -> AccessChange:
    """Let ``holder`` (user or group) have ``rights`` on ``product``, and what these need.

    ``actor`` gives and takes only what they may do themselves: what they may not stays as it is.
    Raises StaffRefused for more than that.
    """
    with transaction.atomic():
        now = product_holders(product).get(holder, set())
        own = {right.codename for right in rights_on(actor, product)}
        wanted = {*rights, *(need for name in rights for need in RIGHTS[name].needs)}
        given, taken = wanted - now, (now & own) - wanted
        if not given <= own:
            raise StaffRefused(_("You can only give what you may do yourself."))
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
