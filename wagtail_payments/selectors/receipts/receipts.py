"""Searches receipts and credit notes by indexed columns only."""

from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet

from wagtail_payments.enums import SeriesKind
from wagtail_payments.models import CreditNote, Payment, Receipt, ReceiptSeries
from wagtail_payments.permissions import payments_with_payer
from wagtail_payments.search_keys import begins_with, search_key
from wagtail_payments.utils.dates import day_begins

ReceiptDocument = TypeVar("ReceiptDocument", Receipt, CreditNote)

_FIRST_DAY, _LAST_DAY = date(1971, 1, 1), date(9990, 1, 1)
"""Bounds beyond which a time zone could overflow a date."""

_FEW = 1000
"""Up to so many payers, their documents are looked up one by one; else the list is read from its top."""


def documents_search(
    documents: QuerySet[ReceiptDocument], text: str, user: Any
) -> QuerySet[ReceiptDocument]:
    """Return the ``documents`` whose number begins with what ``user`` typed, else those of a payer.

    A payer is found by the beginning of the email, name or surname, if ``user`` may see payers.
    """
    key = search_key(text.replace("\0", ""))
    if not key:
        return documents.none()
    numbered = documents.filter(
        begins_with("code_key", key) | begins_with("code_key", f"test-{key}")
    )
    return numbered if numbered.exists() else _of_payers(documents, key, user)


def documents_in_period(
    documents: QuerySet[ReceiptDocument], first: date | None, last: date | None
) -> QuerySet[ReceiptDocument]:
    """Return the documents issued on these days, in the site's time zone; None means no bound."""
    if first:
        documents = documents.filter(issued_at__gte=day_begins(_bounded(first)))
    if last:
        documents = documents.filter(issued_at__lt=day_begins(_bounded(last) + timedelta(days=1)))
    return documents


def documents_of_mode(documents: QuerySet[ReceiptDocument], mode: str) -> QuerySet[ReceiptDocument]:
    """Return the documents of one mode."""
    series = ReceiptSeries.objects.filter(mode=mode).values_list("pk", flat=True)
    return documents.filter(series__in=list(series))


def series_years(kind: SeriesKind) -> list[int]:
    """Return the years with numbers, the latest first."""
    years = ReceiptSeries.objects.filter(kind=kind).values_list("year", flat=True).distinct()
    return list(years.order_by("-year"))


def _bounded(day: date) -> date:
    return min(max(day, _FIRST_DAY), _LAST_DAY)


def _of_payers(
    documents: QuerySet[ReceiptDocument], key: str, user: Any
) -> QuerySet[ReceiptDocument]:
    names = ("email_key",) if "@" in key else ("email_key", "name_key", "surname_key")
    ways = [
        Payment.objects.filter(begins_with(name, key) & payments_with_payer(user)).order_by()
        for name in names
    ]
    found = ways[0].values("pk").union(*(way.values("pk") for way in ways[1:])).order_by()
    pks = list(found[: _FEW + 1].values_list("pk", flat=True))
    among: Any = pks if len(pks) <= _FEW else found
    return documents.filter(payment__in=among)
