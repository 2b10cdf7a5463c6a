"""A user's permissions, global and per product."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Q

from .grants import keys_by_right, keys_granted
from .rights import MONEY_RIGHTS, Right

_CACHE = "_wagtail_payments_rights"


class UserRights:
    """The permissions of one user. They are read once, so that checking a list's rows needs no queries."""

    def __init__(self, user: Any) -> None:
        self._user = user
        self._keys: dict[str, set[UUID]] | None = None
        self._everywhere: dict[str, bool] = {}

    def everywhere(self, right: Right) -> bool:
        """Return whether the user has ``right`` for all products. Inactive users have none."""
        if right.codename not in self._everywhere:
            user = self._user
            self._everywhere[right.codename] = user.is_active and any(
                map(user.has_perm, right.model_permissions)
            )
        return self._everywhere[right.codename]

    def on_product(self, right: Right, key: UUID) -> bool:
        """Return whether the user has ``right`` for the product with this translation key."""
        return self.everywhere(right) or key in self._granted(right)

    def on_products(self, right: Right, keys: set[UUID]) -> set[UUID]:
        """Return the translation keys, among ``keys``, of products for which the user has ``right``."""
        return keys if self.everywhere(right) else keys & self._granted(right)

    def somewhere(self, right: Right) -> bool:
        """Return whether the user has ``right`` for any product."""
        return self.everywhere(right) or bool(self._granted(right))

    def products(self, rights: Iterable[Right]) -> Q:
        """Return a condition on products: the user has one of ``rights`` for them."""
        rights = tuple(rights)
        if not self._user.is_active:
            return Q(pk__in=[])
        if any(map(self.everywhere, rights)):
            return Q()
        return keys_granted(self._user, rights)

    def granted_keys(self) -> dict[str, set[UUID]]:
        """Return the translation keys of single products with permissions, by codename."""
        if self._keys is None:
            self._keys = keys_by_right(self._user) if self._user.is_active else {}
        return self._keys

    def _granted(self, right: Right) -> set[UUID]:
        return self.granted_keys().get(right.codename, set())


def rights_digest(user: Any) -> str:
    """Return a hash of all payment permissions of ``user``. It changes when they change."""
    held = user_rights(user)
    everywhere = [right.codename for right in MONEY_RIGHTS if held.everywhere(right)]
    granted = {
        right.codename: sorted(map(str, held.granted_keys().get(right.codename, ())))
        for right in MONEY_RIGHTS
    }
    return sha256(repr((everywhere, granted)).encode()).hexdigest()


def user_rights(user: Any) -> UserRights:
    """Return the permissions of ``user``, cached on the user object as Django caches its own."""
    held: UserRights | None = getattr(user, _CACHE, None)
    if held is None:
        held = UserRights(user)
        setattr(user, _CACHE, held)
    return held
