"""Searches payments by indexed columns only, so that it is fast with a million rows.

The text decides where to search. Texts are compared without case and accents, whole or by their
beginning; ids are compared exactly.

Few matches are looked up by their ids: with an order, too, a database may walk through all payments
to find a handful. Among many matches, that walk ends soon, and sorting would be slow.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from wagtail_payments.models import Payment
from wagtail_payments.search_keys import search_key
from wagtail_payments.utils.database import Unindexed

from .numbers import Reach, documents_numbered, reach_of
from .terms import could_be_number, search_terms

_FEW, _MANY = 500, 10_000
"""Few matches are looked up by their ids: a database that is given the order of a list, too, may walk
through all payments in that order to find a handful. Among many that walk ends soon, and sorting them
doesn't."""


class PaymentSearch:
    """A search for what ``user`` typed.

    That is a transaction id, a provider's reference, the last four digits, or the beginning of a
    receipt's or credit note's number, a name, a surname or an email; the latter three only if the user
    may see payers.
    """

    def __init__(self, text: str, user: Any) -> None:
        words = text.replace("\0", "").strip()
        key = search_key(words)
        self._own = list(search_terms(words, key, user)) if key else []
        self._numbered = list(documents_numbered(key)) if could_be_number(words, key) else []

    def listed(self, payments: QuerySet[Payment]) -> QuerySet[Payment]:
        """Return the matches among ``payments``, for reading in the order of a list."""
        if not self._own:
            return payments.none()
        if not self._are_many:
            return payments.filter(pk__in=self._pks)
        return payments.alias(_pk=Unindexed("pk")).filter(self._any("_pk"))

    def counted(self, payments: QuerySet[Payment]) -> QuerySet[Payment]:
        """Return the same matches, for counting."""
        if not self._own:
            return payments.none()
        walk = self._are_many and self._is_counted_by_a_walk
        return payments.filter(self._any("pk") if walk else Q(pk__in=self._pks))

    @cached_property
    def _pks(self) -> Any:
        """Return the ids, or a query for them if they are many, which may repeat some."""
        pks = [row["pk"] for row in self._union[: _FEW + 1]]
        return pks if len(pks) <= _FEW else self._union

    @cached_property
    def _are_many(self) -> bool:
        return not isinstance(self._pks, list) and self._union[: _MANY + 1].count() > _MANY

    @property
    def _is_counted_by_a_walk(self) -> bool:
        """Tell whether one condition counts many matches faster than a query for their ids.

        PostgreSQL combines indexes for that. Others walk, so only numbers may be many; and SQLite is fast
        with all ids, unless it skips few rows before it has counted to ten thousand.
        """
        if connection.vendor == "postgresql":
            return True
        if len(self._own_pks) > _FEW:
            return False
        passed = sum(reach.last - reach.first for reach in self._reaches)
        count = sum(reach.count for reach in self._reaches)
        return connection.vendor != "sqlite" or passed * _MANY < count**2

    @cached_property
    def _union(self) -> QuerySet[Any]:
        return _together(
            *(Payment.objects.filter(one).values("pk") for one in self._own),
            *(rows.values("payment_id") for rows in self._numbered),
        )

    @cached_property
    def _own_pks(self) -> list[int]:
        """Return the ids of matches other than by a number; only a part if they are many."""
        own = _together(*(Payment.objects.filter(one).values("pk") for one in self._own))
        return [row["pk"] for row in own[: _FEW + 1]]

    def _any(self, pk: str) -> Q:
        """Return one condition for a walk through payments with the column ``pk``.

        It needs no lookup for most of the rows that it skips.
        """
        own = [Q(pk__in=self._own_pks)] if len(self._own_pks) <= _FEW else self._own
        return reduce(or_, [*own, *(reach.holds(pk) for reach in self._reaches)])

    @cached_property
    def _reaches(self) -> list[Reach]:
        """Return the ranges of documents with matching numbers."""
        return [reach for reach in map(reach_of, self._numbered) if reach]


def payments_search(payments: QuerySet[Payment], text: str, user: Any) -> QuerySet[Payment]:
    """Return the ``payments`` that match what ``user`` typed, for a list."""
    return PaymentSearch(text, user).listed(payments)


def _together(first: QuerySet[Any], *others: QuerySet[Any]) -> QuerySet[Any]:
    return first.order_by().union(*(item.order_by() for item in others), all=True).order_by()
