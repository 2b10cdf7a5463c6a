"""Files that a task creates: requested, created, retried, deleted.

A worker that is killed loses its lease, and the sweep enqueues the file again. The former worker
writes nothing more: each chunk is stored together with a renewed lease.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation

from wagtail_payments.enums import ExportFormat, ExportKind, ExportState
from wagtail_payments.models import Export, ExportChunk
from wagtail_payments.permissions import rights_digest
from wagtail_payments.services.leases import (
    SWEPT,
    LeaseLost,
    lease_acquire,
    lease_due_ids,
    lease_release,
    lease_renew,
    next_attempt,
    unleased,
)
from wagtail_payments.utils.tracebacks import error_text

from .csv_file import csv_batches
from .email import KEPT_DAYS, export_email_send, language_of
from .registry import table_make
from .tables import Row, Table
from .xlsx_file import xlsx_write

logger = logging.getLogger(__name__)

CHUNK = 1_000_000
"""The bytes per chunk: less than the limit of every database."""

_LEASE = 5 * 60
_TRIES = 3
_RENEWED_EACH = 1.0
"""Seconds between two updates of the progress and the lease."""

_BROKEN_OFF = "The export was interrupted several times. Check memory and disk space."
_LONG = timedelta(minutes=1)
_UNFINISHED = (ExportState.WAITING, ExportState.RUNNING)


def export_request(
    *, user: Any, kind: ExportKind, file_format: ExportFormat, query: str, rows: int
) -> Export:
    """Request a file for ``user``. A second request while it is created returns the same file."""
    same = {"user": user, "kind": kind, "format": file_format, "query": query}
    waiting = Export.objects.filter(**same, state__in=_UNFINISHED).first()
    return waiting or Export.objects.create(**same, rows_total=rows)


def exports_due(limit: int = SWEPT) -> list[int]:
    """Return the ids of files that are due."""
    return lease_due_ids(Export.objects.filter(state__in=_UNFINISHED), limit)


def export_make(*, export_id: int) -> datetime | None:
    """Create a file if it is due and no other worker holds it; return when to try again, if at all."""
    export = lease_acquire(Export.objects.filter(state__in=_UNFINISHED), export_id, seconds=_LEASE)
    if export is None:
        return None
    if export.attempts > _TRIES:
        lease_release(export, state=ExportState.FAILED, last_error=_BROKEN_OFF)
        return None
    try:
        _make(export)
    except LeaseLost:
        return None
    except PermissionDenied:
        lease_release(export, state=ExportState.FAILED, last_error=error_text())
        return None
    except Exception:
        # Any error is stored for the user who requested the file.
        return _failed(export)
    if timezone.now() - export.created_at > _LONG:
        export_email_send(export)
    return None


def export_retry(*, export_id: int) -> bool:
    """Retry a failed file; return whether it was failed."""
    failed = Export.objects.filter(pk=export_id, state=ExportState.FAILED)
    return bool(
        unleased(failed).update(
            state=ExportState.WAITING,
            attempts=0,
            rows_done=0,
            leased_until=None,
            next_attempt_at=timezone.now(),
        )
    )


def export_delete(*, export_id: int) -> None:
    """Delete a file; a worker that creates it stops."""
    _empty(export_id)
    Export.objects.filter(pk=export_id).delete()
    # A chunk that was stored in the meantime was deleted with the row.


def exports_expire() -> int:
    """Delete files that are a week old; return how many."""
    long_ago = timezone.now() - timedelta(days=KEPT_DAYS)
    ids = list(Export.objects.filter(created_at__lt=long_ago).values_list("pk", flat=True))
    for export_id in ids:
        export_delete(export_id=export_id)
    return len(ids)


def _make(export: Export) -> None:
    _empty(export.pk)
    with translation.override(language_of(export.user)), TemporaryFile() as file:
        kind, file_format = ExportKind(export.kind), ExportFormat(export.format)
        table = table_make(kind=kind, user=export.user, query=export.query)
        fields = {"rows_done": 0, "rows_total": table.count(), "rights": rights_digest(export.user)}
        _keep(export, state=ExportState.RUNNING, **fields)
        _write(replace(table, rows=lambda: _watched(export, table)), file_format, file)
        size = file.tell()
        file.seek(0)
        _store(export, file)
    lease_release(
        export,
        state=ExportState.READY,
        filename=f"{table.name}.{export.format}",
        size=size,
        finished_at=timezone.now(),
        last_error="",
    )


def _failed(export: Export) -> datetime | None:
    text = error_text()
    logger.warning("Export %d failed.\n%s", export.pk, text)
    if export.attempts >= _TRIES:
        lease_release(export, state=ExportState.FAILED, last_error=text)
        return None
    retry_at = next_attempt(export.attempts)
    lease_release(export, last_error=text, next_attempt_at=retry_at)
    return retry_at


def _write(table: Table, file_format: ExportFormat, file: IO[bytes]) -> None:
    if file_format == ExportFormat.XLSX:
        xlsx_write(table, file)
        file.seek(0, 2)
    else:
        file.writelines(csv_batches(table))


def _watched(export: Export, table: Table) -> Iterator[Row]:
    """Yield the rows, and update the progress and the lease. Raises LeaseLost."""
    done, renewed = 0, time.monotonic()
    for done, row in enumerate(table.rows(), start=1):
        yield row
        if time.monotonic() - renewed > _RENEWED_EACH:
            _keep(export, rows_done=done)
            renewed = time.monotonic()
    _keep(export, rows_done=done)


def _store(export: Export, file: IO[bytes]) -> None:
    number = 0
    while data := file.read(CHUNK):
        with transaction.atomic():
            _keep(export)
            ExportChunk.objects.create(export=export, number=number, data=data)
        number += 1


def _keep(export: Export, **changes: object) -> None:
    if not lease_renew(export, seconds=_LEASE, **changes):
        raise LeaseLost(export.pk)


def _empty(export_id: int) -> None:
    """Delete the chunks of a file, without reading them."""
    ExportChunk.objects.filter(export_id=export_id).defer("data").delete()
