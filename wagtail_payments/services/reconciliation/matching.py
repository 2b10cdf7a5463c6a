"""Matches the entries of a provider's lists to our payments, in batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from wagtail_payments.models import Payment
from wagtail_payments.providers.types import Listed
from wagtail_payments.services.providers import APP

Entry = TypeVar("Entry", bound=Listed[Any])

BATCH = 100


def entries_with_payments(
    entries: Iterable[Entry], payments: QuerySet[Payment]
) -> Iterator[tuple[Entry, Payment | None]]:
    """Yield each entry with its payment, None for other software's; one query per hundred."""
    walk = iter(entries)
    while batch := list(islice(walk, BATCH)):
        found = _payments_of(batch, payments)
        for entry in batch:
            yield entry, next((found[key] for key in _keys(entry) if key in found), None)


def named_payment(entry: Listed[Any]) -> UUID | None:
    """Return the payment id in the metadata, None if the metadata are of other software."""
    if entry.metadata.get("app") != APP:
        return None
    try:
        return UUID(entry.metadata.get("payment", ""))
    except ValueError:
        return None


def _payments_of(
    entries: list[Any], payments: QuerySet[Payment]
) -> dict[tuple[str, object], Payment]:
    keys = [key for entry in entries for key in _keys(entry)]
    match = Q()
    for name in ("checkout_reference", "payment_reference", "public_id"):
        match |= Q(**{f"{name}__in": [value for field, value in keys if field == name]})
    found = payments.filter(match).prefetch_related("refunds", "disputes")
    return {key: payment for payment in found for key in _names(payment)}


def _keys(entry: Listed[Any]) -> list[tuple[str, object]]:
    """Return the keys that can match an entry's payment, the most reliable first."""
    keys = [
        ("checkout_reference", entry.checkout_reference),
        ("payment_reference", entry.payment_reference),
        ("public_id", named_payment(entry)),
    ]
    return [(name, value) for name, value in keys if value]


def _names(payment: Payment) -> list[tuple[str, object]]:
    names = ("checkout_reference", "payment_reference", "public_id")
    return [(name, getattr(payment, name)) for name in names]
