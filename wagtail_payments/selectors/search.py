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
_REFERENCES = ("checkout_reference", "payment_reference")
_TEST = "test-"
"""How numbers of test receipts begin; people leave it out."""

_FEW = 500
"""As many are looked up by their ids. A database that is given the condition and the order of a list
may walk through all payments in that order, to find a handful; where there are more it soon has a page."""

Pks = QuerySet[Any]


def payments_search(payments: QuerySet[Payment], text: str, user: Any) -> QuerySet[Payment]:
    """Return those of ``payments`` that match what ``user`` typed.

    That is a transaction id, a provider's reference, the last four digits, the beginning of a
    receipt's or refund note's number, or of a name, surname or e-mail; the latter three only where they
    may see who paid.
    """
    words = text.replace("\0", "").strip()
    key = search_key(words)
    if not key:
        return payments.none()
    condition = _condition(words, key, user)
    numbered = list(_numbered(key)) if _is_number(words, key) else []
    # Other tables' rows in an OR would make the database read all payments: so it is asked for ids.
    found = Payment.objects.filter(condition).order_by().values("pk")
    if numbered:
        found = found.union(*numbered, all=True)
    pks = [row["pk"] for row in found[: _FEW + 1]]
    if len(pks) <= _FEW:
        return payments.filter(pk__in=pks)
    return payments.filter(pk__in=found) if numbered else payments.filter(condition)


def begins_with(name: str, key: str) -> Q:
    """Return the condition that column ``name`` begins with ``key``: a range of its index."""
    return Q(**{f"{name}__gte": key, f"{name}__lt": after_prefix(key)})


def _condition(words: str, key: str, user: Any) -> Q:
    """Return the condition on the payment's own columns. Each has an index, so that OR is quick."""
    # People write "Müller, Zoë", too.
    payers = _payer(key) | _payer(search_key(words.replace(",", " ")) or key)
    if "@" in words:
        return payers & payments_with_payer(user)
    if _LAST_FOUR.fullmatch(words):
        return Q(method_last4=words)
    condition = _reference("".join(words.split()))
    with suppress(ValueError):
        condition |= Q(public_id=UUID(words))
    return condition | payers & payments_with_payer(user)


def _reference(reference: str) -> Q:
    # People write reference numbers in groups and as they like; a provider's ids are taken as they are.
    either = {reference, reference.upper()}
    # The index begins with these two.
    all_books = Q(provider__in=providers_used(), mode__in=Mode.values)
    known = (all_books & Q(**{f"{name}__in": either}) for name in _REFERENCES)
    return next(known) | next(known)


def _payer(key: str) -> Q:
    return (
        begins_with("name_key", key)
        | begins_with("surname_key", key)
        | begins_with("email_key", key)
    )


def _is_number(words: str, key: str) -> bool:
    """Tell whether it could be a receipt's number, or the beginning of one."""
    plain = "@" not in words and not _LAST_FOUR.fullmatch(words)
    return plain and any(char.isdecimal() for char in key)


def _numbered(key: str) -> Iterator[Pks]:
    """Yield the ids of payments whose receipts' or refund notes' numbers begin so."""
    models: tuple[type[Model], ...] = (Receipt, RefundNote)
    for model in models:
        for number in (key, _TEST + key):
            rows = model._default_manager.filter(begins_with("code_key", number))
            yield rows.order_by().values("payment_id")
