"""Totals and products in Django's cache, the same for all users with the same permissions.

It never contains data of payers, nor anything that depends on permissions on single products.
"""

import logging
from collections.abc import Callable, Collection
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar, cast

import django
from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from wagtail_payments.models import Price, Product, RevenueState

Made = TypeVar("Made")

logger = logging.getLogger(__name__)

_PREFIX = f"wagtail_payments:{django.VERSION[0]}.{django.VERSION[1]}"
_SUMS_LAST = 24 * 3600
PRODUCTS_LAST = 60
"""Seconds. A change removes its product at once. If that fails, a page is a minute behind, and the
visitor is shown the difference before anything is charged.
"""


def cached_sums(name: tuple[Any, ...], make: Callable[[], Made]) -> Made:
    """Return what ``make`` returns, cached until any total changes: the key has the totals' version."""
    version = RevenueState.objects.values_list("version", flat=True).filter(pk=1).first()
    if version is None:
        return make()
    key = f"{_PREFIX}:sums:{version}:{sha256(repr(name).encode()).hexdigest()}"
    kept = _quietly(lambda: cache.get(key))
    if kept is not None:
        return cast(Made, kept)
    made = make()
    _quietly(lambda: cache.set(key, made, timeout=_SUMS_LAST))
    return made


def products_cached(pks: Collection[int]) -> dict[int, Product]:
    """Return the products with these ids and their prices; missing ones are left out."""
    keys = {pk: product_key(pk) for pk in pks}
    kept: dict[str, Product] = _quietly(lambda: cache.get_many(keys.values())) or {}
    found = {pk: kept[key] for pk, key in keys.items() if key in kept}
    missing = Product.objects.prefetch_related("prices").in_bulk(keys.keys() - found.keys())
    new = {keys[pk]: product for pk, product in missing.items()}
    if new:
        _quietly(lambda: cache.set_many(new, timeout=PRODUCTS_LAST))
    return {**found, **missing}


def _quietly(ask: Callable[[], Any]) -> Any:
    """Return what the cache answers, None if it is down."""
    try:
        return ask()
    except Exception as error:  # Each cache backend has errors of its own.
        logger.warning("The cache doesn't answer: %s.", type(error).__name__)
        return None


def forget_products() -> None:
    """Remove a product from the cache whenever it or a price changes, now and after the commit.

    Before the commit another process may cache the old one again.
    """
    for model, name in ((Product, "pk"), (Price, "product_id")):
        for signal in (post_save, post_delete):
            signal.connect(partial(_forget, name=name), sender=model, weak=False)


def _forget(*, instance: Any, name: str, **kwargs: Any) -> None:
    key = product_key(getattr(instance, name))
    forget = partial(_quietly, lambda: cache.delete(key))
    forget()
    transaction.on_commit(forget)


def product_key(pk: int) -> str:
    """Return the cache key of a product."""
    return f"{_PREFIX}:product:{pk}"
