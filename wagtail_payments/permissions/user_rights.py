"""What one person may do: everywhere, and with single products."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Q

from .grants import keys_by_right, keys_granted
from .rights import MONEY_RIGHTS, Right

_CACHE = "_wagtail_payments_rights"


class UserRights:
    """The rights of one person, read once: rows of a list are then judged without a query."""

    def __init__(self, user: Any) -> None:
        self._user = user
        self._keys: dict[str, set[UUID]] | None = None
        self._everywhere: dict[str, bool] = {}

    def everywhere(self, right: Right) -> bool:
        """Tell whether they have ``right`` on all products. Inactive users have nothing."""
        if right.codename not in self._everywhere:
            user = self._user
            self._everywhere[right.codename] = user.is_active and any(
                map(user.has_perm, right.model_permissions)
            )
        return self._everywhere[right.codename]

    def on_product(self, right: Right, key: UUID) -> bool:
        """Tell whether they have ``right`` on the product with this ``translation_key``."""
        return self.everywhere(right) or key in self._granted(right)

    def on_products(self, right: Right, keys: set[UUID]) -> set[UUID]:
        """Return those of ``keys`` on whose products they have ``right``."""
        return keys if self.everywhere(right) else keys & self._granted(right)

    def somewhere(self, right: Right) -> bool:
        """Tell whether they have ``right`` on any product at all."""
        return self.everywhere(right) or bool(self._granted(right))

    def products(self, rights: Iterable[Right]) -> Q:
        """Return the condition on products of having one of ``rights`` on them."""
        rights = tuple(rights)
        if not self._user.is_active:
            return Q(pk__in=[])
        if any(map(self.everywhere, rights)):
            return Q()
        return keys_granted(self._user, rights)

    def granted_keys(self) -> dict[str, set[UUID]]:
        """Return, for each right's codename, the keys of the single products on which they have it."""
        if self._keys is None:
            self._keys = keys_by_right(self._user) if self._user.is_active else {}
        return self._keys

    def _granted(self, right: Right) -> set[UUID]:
        return self.granted_keys().get(right.codename, set())


def rights_digest(user: Any) -> str:
    """Return what names everything that ``user`` may do with money: another one when that changes."""
    held = user_rights(user)
    everywhere = [right.codename for right in MONEY_RIGHTS if held.everywhere(right)]
    granted = {
        right.codename: sorted(map(str, held.granted_keys().get(right.codename, ())))
        for right in MONEY_RIGHTS
    }
    return sha256(repr((everywhere, granted)).encode()).hexdigest()


def user_rights(user: Any) -> UserRights:
    """Return the rights of ``user``; like Django's own they are kept for as long as the object is."""
    held: UserRights | None = getattr(user, _CACHE, None)
    if held is None:
        held = UserRights(user)
        setattr(user, _CACHE, held)
    return held
