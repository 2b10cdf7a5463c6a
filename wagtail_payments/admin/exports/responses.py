"""What is answered to whoever asks for a file: CSV streamed, XLSX at once or, where it is long, by a task."""

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

AT_ONCE = 2000
"""How many rows of XLSX are worth waiting for."""


def export_answer(
    request: HttpRequest, table: Table, *, kind: ExportKind, query: str, what: str
) -> HttpResponseBase:
    """Write down who takes how much away, and return the file, or lead to where it will be.

    ``query`` is what a task needs to make the same table; ``what`` says by which filter, without what
    was searched for. The format is the ``export`` of the address.
    """
    file_format = ExportFormat(request.GET["export"])
    rows = table.count()
    audit_many(
        request.user,
        PAYMENTS_EXPORTED,
        rows=rows,
        format=str(file_format),
        filter=what.replace("\0", ""),
        kind=str(kind),
    )
    filename = f"{table.name}.{file_format}"
    if file_format == ExportFormat.CSV:
        return stream_answer(request, csv_file.csv_batches(table), csv_file.CONTENT_TYPE, filename)
    if rows <= AT_ONCE:
        return _written(table, filename)
    export = export_request(
        user=request.user,
        kind=kind,
        file_format=file_format,
        query=query,
        rows=rows,
    )
    enqueue_export(export.pk)
    messages.success(request, _("The file is being made. You find it here when it is ready."))
    return HttpResponseRedirect(reverse("wagtail_payments_export:index"))


def stream_answer(
    request: HttpRequest, pieces: Iterator[bytes], content_type: str, filename: str
) -> StreamingHttpResponse:
    """Return ``pieces`` as a download; on an ASGI server, too, one by one."""
    return StreamingHttpResponse(
        _one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield ``pieces``; Django would read all of them before it sends the first."""
    next_batch = sync_to_async(partial(next, pieces, b""))
    while batch := await next_batch():
        yield batch


def _written(table: Table, filename: str) -> FileResponse:
    file = BytesIO()
    xlsx_file.xlsx_write(table, file)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=filename,
        content_type=xlsx_file.CONTENT_TYPE,
    )
