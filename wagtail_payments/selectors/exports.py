"""Export files of a user, and their content."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from wagtail_payments.models import Export, ExportChunk


def exports_of(user: Any) -> QuerySet[Export]:
    """Return the files that ``user`` requested, the newest first. No one sees other users' files."""
    return Export.objects.filter(user=user)


def export_batches(export: Export) -> Iterator[bytes]:
    """Yield the content of a file in chunks. It ends early if the file is deleted in the meantime."""
    pieces = ExportChunk.objects.filter(export=export)
    number = 0
    while (batch := pieces.filter(number=number).first()) is not None:
        yield bytes(batch.data)
        number += 1
