"""Receipts and credit notes with a number prefix, and the range of their payments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, Min, Model, OuterRef, Q, QuerySet

from wagtail_payments.models import CreditNote, Receipt
from wagtail_payments.search_keys import begins_with

_TEST = "test-"
"""The prefix of test receipts, which users may leave out."""


def documents_numbered(key: str) -> Iterator[QuerySet[Any]]:
    """Yield the receipts and credit notes whose numbers begin with ``key``."""
    models: tuple[type[Model], ...] = (Receipt, CreditNote)
    for model in models:
        for number in (key, _TEST + key):
            yield model._default_manager.filter(begins_with("code_key", number))


@dataclass(frozen=True, slots=True)
class Reach:
    """Documents, their count, and the first and the last id of their payments."""

    documents: QuerySet[Any]
    count: int
    first: int
    last: int

    def holds(self, pk: str) -> Q:
        """Return the condition that the payment with the column ``pk`` has one of the documents.

        Payments outside the range need no lookup. PostgreSQL also needs the lower bound, to start there
        when it reads the documents in the order of payments.
        """
        within = {"payment_id__gte": self.first, "payment_id__lte": self.last}
        documents = self.documents.filter(payment=OuterRef("pk"), **within)
        return Q(**{f"{pk}__range": (self.first, self.last)}) & Q(Exists(documents))


def reach_of(documents: QuerySet[Any]) -> Reach | None:
    """Return the range of ``documents``, None if there are none."""
    # Without the count, PostgreSQL would look for the first and the last by the index of ids.
    found = documents.aggregate(
        count=Count("payment_id"), first=Min("payment_id"), last=Max("payment_id")
    )
    return Reach(documents, **found) if found["count"] else None
