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
"""As many are looked up by their ids: a database that is given the order of a list, too, may walk through
all payments in that order to find a handful."""

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
    own = [Payment.objects.filter(one).order_by() for one in _conditions(words, key, user)]
    numbered = _numbered(key) if _is_number(words, key) else ()
    found = [*(payments.values("pk") for payments in own), *numbered]
    together = found[0].union(*found[1:], all=True).order_by()
    pks = [row["pk"] for row in together[: _FEW + 1]]
    return payments.filter(pk__in=pks if len(pks) <= _FEW else together)


def begins_with(name: str, key: str) -> Q:
    """Return the condition that column ``name`` begins with ``key``: a range of its index."""
    return Q(**{f"{name}__gte": key, f"{name}__lt": after_prefix(key)})


def _conditions(words: str, key: str, user: Any) -> Iterator[Q]:
    """Yield the conditions of which one has to be true; each is a range of one index."""
    if _LAST_FOUR.fullmatch(words):
        yield Q(method_last4=words)
        return
    # People write "Müller, Zoë", too.
    for payer in {key, search_key(words.replace(",", " ")) or key}:
        for name in ("name_key", "surname_key", "email_key"):
            yield begins_with(name, payer) & payments_with_payer(user)
    if "@" in words:
        return
    yield from _references("".join(words.split()))
    with suppress(ValueError):
        yield Q(public_id=UUID(words))


def _references(reference: str) -> Iterator[Q]:
    # People write reference numbers in groups and as they like; a provider's ids are taken as they are.
    either = {reference, reference.upper()}
    # The index begins with these two.
    all_books = Q(provider__in=providers_used(), mode__in=Mode.values)
    for name in _REFERENCES:
        yield all_books & Q(**{f"{name}__in": either})


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
