"""Files that were made: one's own, and what is in them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from wagtail_payments.models import Export, ExportChunk


def exports_of(user: Any) -> QuerySet[Export]:
    """Return the files that ``user`` asked for, the newest first: nobody else's, whoever looks."""
    return Export.objects.filter(user=user)


def export_batches(export: Export) -> Iterator[bytes]:
    """Yield what is in a file, piece by piece. It may be thrown away meanwhile: then it breaks off."""
    pieces = ExportChunk.objects.filter(export=export)
    number = 0
    while (batch := pieces.filter(number=number).first()) is not None:
        yield bytes(batch.data)
        number += 1
