"""Finds payments by what staff have at hand, on indexed columns only, be there a million.

What is typed decides where it is looked for. Texts are compared without case and accents, whole or by
their beginning; ids are taken as they are.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from ..enums import Mode
from ..models import Payment, Receipt, RefundNote
from ..permissions import payments_with_payer
from ..search_keys import after_prefix, search_key
from .providers import providers_used

_LAST_FOUR = re.compile("[0-9]{4}", re.ASCII)
_TEST = "test-"
"""How numbers of test receipts begin; people leave it out."""

Pks = QuerySet[Any]


def payments_search(payments: QuerySet[Payment], text: str, user: Any) -> QuerySet[Payment]:
    """Return those of ``payments`` that match what ``user`` typed.

    That is a transaction id, a provider's reference, the last four digits, the beginning of a
    receipt's or refund note's number, or of a name, surname or e-mail; the latter three only where they
    may see who paid.
    """
    words = text.replace("\0", "").strip()
    ways = list(_ways(words, user)) if search_key(words) else []
    if not ways:
        return payments.none()
    # Each way walks an index of its own; joined by OR they would make the database read everything.
    found = ways[0].union(*ways[1:], all=True) if len(ways) > 1 else ways[0]
    return payments.filter(pk__in=found)


def begins_with(name: str, key: str) -> Q:
    """Return the condition that column ``name`` begins with ``key``: a range of its index."""
    return Q(**{f"{name}__gte": key, f"{name}__lt": after_prefix(key)})


def _ways(words: str, user: Any) -> Iterator[Pks]:
    """Yield the ids of what matches, one way after the other."""
    if "@" in words:
        yield _pks(_of_payers(user, begins_with("email_key", search_key(words))))
    elif _LAST_FOUR.fullmatch(words):
        yield _pks(Q(method_last4=words))
    else:
        with suppress(ValueError):
            yield _pks(Q(public_id=UUID(words)))
        yield from _by_reference("".join(words.split()))
        yield from _by_number(search_key(words))
        yield from _by_payer(search_key(words.replace(",", " ")), user)


def _by_reference(reference: str) -> Iterator[Pks]:
    # People write reference numbers in groups and as they like; a provider's ids are taken as they are.
    either = {reference, reference.upper()}
    # The index begins with these two.
    all_books = Q(provider__in=providers_used(), mode__in=Mode.values)
    for name in ("checkout_reference", "payment_reference"):
        yield _pks(all_books & Q(**{f"{name}__in": either}))


def _by_number(key: str) -> Iterator[Pks]:
    if not any(char.isdecimal() for char in key):
        return
    models: tuple[type[Model], ...] = (Receipt, RefundNote)
    for model in models:
        for number in (key, _TEST + key):
            rows = model._default_manager.filter(begins_with("code_key", number))
            yield rows.order_by().values("payment_id")


def _by_payer(key: str, user: Any) -> Iterator[Pks]:
    if key:
        for name in ("name_key", "surname_key", "email_key"):
            yield _pks(_of_payers(user, begins_with(name, key)))


def _of_payers(user: Any, condition: Q) -> Q:
    return condition & payments_with_payer(user)


def _pks(condition: Q) -> Pks:
    return Payment.objects.filter(condition).order_by().values("pk")
