"""Responses with an export: CSV is streamed; long XLSX files are created in the background."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from io import BytesIO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_payments.enums import ExportFormat, ExportKind
from wagtail_payments.services.audit.log import PAYMENTS_EXPORTED, audit_many
from wagtail_payments.services.exports import csv_file, xlsx_file
from wagtail_payments.services.exports.files import export_request
from wagtail_payments.services.exports.tables import Table
from wagtail_payments.tasks import enqueue_export

MAX_IMMEDIATE_ROWS = 2000
"""The number of rows up to which an XLSX file is created immediately."""


def export_response(
    request: HttpRequest, table: Table, *, kind: ExportKind, query: str, description: str
) -> HttpResponseBase:
    """Record the export in the audit log, and return the file or a redirect to the list of files.

    ``query`` is the query string from which a task creates the same table. ``description`` is the
    filter, without the search term. The format is the request's ``export`` parameter.
    """
    file_format = ExportFormat(request.GET["export"])
    rows = table.count()
    audit_many(
        request.user,
        PAYMENTS_EXPORTED,
        rows=rows,
        format=str(file_format),
        filter=description.replace("\0", ""),
        kind=str(kind),
    )
    filename = f"{table.name}.{file_format}"
    if file_format == ExportFormat.CSV:
        return stream_response(
            request, csv_file.csv_batches(table), csv_file.CONTENT_TYPE, filename
        )
    if rows <= MAX_IMMEDIATE_ROWS:
        return _xlsx_response(table, filename)
    export = export_request(
        user=request.user,
        kind=kind,
        file_format=file_format,
        query=query,
        rows=rows,
    )
    enqueue_export(export.pk)
    messages.success(request, _("The file is being created. It will be available here."))
    return HttpResponseRedirect(reverse("wagtail_payments_export:index"))


def stream_response(
    request: HttpRequest, batches: Iterator[bytes], content_type: str, filename: str
) -> StreamingHttpResponse:
    """Return ``batches`` as a streamed download, on WSGI and ASGI servers."""
    return StreamingHttpResponse(
        _iterate_async(batches) if isinstance(request, ASGIRequest) else batches,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


async def _iterate_async(batches: Iterator[bytes]) -> AsyncIterator[bytes]:
    # Django would read a synchronous iterator to its end before sending the first batch.
    next_batch = sync_to_async(partial(next, batches, b""))
    while batch := await next_batch():
        yield batch


def _xlsx_response(table: Table, filename: str) -> FileResponse:
    file = BytesIO()
    xlsx_file.xlsx_write(table, file)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=filename,
        content_type=xlsx_file.CONTENT_TYPE,
    )
