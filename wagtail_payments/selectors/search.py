"""Finds payments by what staff have at hand, on indexed columns only, be there a million.

What is typed decides where it is looked for. Texts are compared without case and accents, whole or by
their beginning; ids are taken as they are.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, Max, Min, Model, OuterRef, Q, QuerySet
from django.utils.functional import cached_property

from ..enums import Mode
from ..models import Payment, Receipt, RefundNote
from ..permissions import payments_with_payer
from ..search_keys import after_prefix, search_key
from .providers import providers_used
from .unindexed import Unindexed

_LAST_FOUR = re.compile("[0-9]{4}", re.ASCII)
_REFERENCES = ("checkout_reference", "payment_reference")
_TEST = "test-"
"""How numbers of test receipts begin; people leave it out."""

_FEW, _MANY = 500, 10_000
"""Few matches are looked up by their ids: a database that is given the order of a list, too, may walk
through all payments in that order to find a handful. Among many that walk ends soon, and sorting them
doesn't."""


class PaymentSearch:
    """What ``user`` typed, looked for among payments.

    That is a transaction id, a provider's reference, the last four digits, the beginning of a
    receipt's or refund note's number, or of a name, surname or e-mail; the latter three only where they
    may see who paid.
    """

    def __init__(self, text: str, user: Any) -> None:
        words = text.replace("\0", "").strip()
        key = search_key(words)
        self._own = list(_conditions(words, key, user)) if key else []
        self._numbers = list(_numbers(key)) if _is_number(words, key) else []

    def listed(self, payments: QuerySet[Payment]) -> QuerySet[Payment]:
        """Return the matches among ``payments`` as they are read best in the order of a list."""
        if not self._own:
            return payments.none()
        if not self._are_many:
            return payments.filter(pk__in=self._pks)
        return payments.alias(_pk=Unindexed("pk")).filter(self._any("_pk"))

    def counted(self, payments: QuerySet[Payment]) -> QuerySet[Payment]:
        """Return the same as they are counted best.

        Of our databases, one combines its indexes; many numbers are close together in all of them.
        """
        if not self._own:
            return payments.none()
        if self._are_many and (connection.vendor == "postgresql" or len(self._own_pks) <= _FEW):
            return payments.filter(self._any("pk"))
        return payments.filter(pk__in=self._pks)

    @cached_property
    def _pks(self) -> Any:
        """Return the ids, or if they aren't few a query for them, which repeats some."""
        pks = [row["pk"] for row in self._union[: _FEW + 1]]
        return pks if len(pks) <= _FEW else self._union

    @cached_property
    def _are_many(self) -> bool:
        return not isinstance(self._pks, list) and self._union[: _MANY + 1].count() > _MANY

    @cached_property
    def _union(self) -> QuerySet[Any]:
        return _together(
            *(Payment.objects.filter(one).values("pk") for one in self._own),
            *(rows.values("payment_id") for rows in self._numbers),
        )

    @cached_property
    def _own_pks(self) -> list[int]:
        """Return the ids of those that aren't found by a number, one more than few for all above."""
        own = _together(*(Payment.objects.filter(one).values("pk") for one in self._own))
        return [row["pk"] for row in own[: _FEW + 1]]

    def _any(self, pk: str) -> Q:
        """Return one condition for a walk through payments, whose ids are called ``pk``.

        Most of those that it passes by it need not look up then.
        """
        own = [Q(pk__in=self._own_pks)] if len(self._own_pks) <= _FEW else self._own
        numbered = (
            Q(**{f"{pk}__range": reach}) & Q(Exists(rows.filter(payment=OuterRef("pk"))))
            for rows, reach in self._reached
        )
        return reduce(or_, [*own, *numbered])

    @cached_property
    def _reached(self) -> list[tuple[QuerySet[Any], tuple[int, int]]]:
        """Return the papers that there are, with the first and the last id of their payments."""
        reached = ((rows, _reach(rows)) for rows in self._numbers)
        return [(_within(rows, reach), reach) for rows, reach in reached if reach]


def payments_search(payments: QuerySet[Payment], text: str, user: Any) -> QuerySet[Payment]:
    """Return those of ``payments`` that match what ``user`` typed, to be listed."""
    return PaymentSearch(text, user).listed(payments)


def begins_with(name: str, key: str) -> Q:
    """Return the condition that column ``name`` begins with ``key``: a range of its index."""
    return Q(**{f"{name}__gte": key, f"{name}__lt": after_prefix(key)})


def _together(first: QuerySet[Any], *others: QuerySet[Any]) -> QuerySet[Any]:
    return first.order_by().union(*(each.order_by() for each in others), all=True).order_by()


def _reach(rows: QuerySet[Any]) -> tuple[int, int] | None:
    """Return the first and the last id of the payments whose papers ``rows`` are, None without any."""
    # Without the count PostgreSQL would look for the first and the last in the order of ids.
    found = rows.aggregate(
        first=Min("payment_id"), last=Max("payment_id"), count=Count("payment_id")
    )
    return (found["first"], found["last"]) if found["count"] else None


def _within(rows: QuerySet[Any], reach: tuple[int, int]) -> QuerySet[Any]:
    """Return ``rows``: PostgreSQL, if it reads them in the order of payments, begins at the first then."""
    first, last = reach
    return rows.filter(payment_id__gte=first, payment_id__lte=last)


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


def _numbers(key: str) -> Iterator[QuerySet[Any]]:
    """Yield the receipts and refund notes whose numbers begin so."""
    models: tuple[type[Model], ...] = (Receipt, RefundNote)
    for model in models:
        for number in (key, _TEST + key):
            yield model._default_manager.filter(begins_with("code_key", number))
