"""The files that are created in the background: progress, download, retry and deletion."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.admin import messages

from wagtail_payments.admin.generic.confirm import ConfirmView
from wagtail_payments.admin.generic.menu import PermissionViewSet
from wagtail_payments.admin.generic.views import AdminView
from wagtail_payments.enums import ExportFormat, ExportKind, ExportState
from wagtail_payments.models import Export
from wagtail_payments.permissions import may_export, may_see_some_payers, rights_digest
from wagtail_payments.selectors.exports import export_batches, exports_of
from wagtail_payments.services.exports import csv_file, xlsx_file
from wagtail_payments.services.exports.email import KEPT_DAYS
from wagtail_payments.services.exports.files import export_delete, export_retry
from wagtail_payments.tasks import enqueue_export

from .responses import stream_response

_NAME = "wagtail_payments_export"
_INDEX = f"{_NAME}:index"
_LABEL = gettext_lazy("Exports")
_TYPES = {ExportFormat.CSV: csv_file.CONTENT_TYPE, ExportFormat.XLSX: xlsx_file.CONTENT_TYPE}


class ExportsView(AdminView):
    """The user's own files. A script reloads the list while a file is being created."""

    page_title = _LABEL
    header_icon = "download"
    template_name = "wagtail_payments/admin/exports/index.html"
    permission = may_export

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        exports = list(exports_of(self.request.user))
        unfinished = (ExportState.WAITING, ExportState.RUNNING)
        return {
            **super().get_context_data(**kwargs),
            "exports": exports,
            "running": any(export.state in unfinished for export in exports),
            "days": KEPT_DAYS,
        }


def _get_export(request: HttpRequest, pk: int, **fields: Any) -> Export:
    """Return an export of the current user. Raises Http404 and PermissionDenied."""
    export = get_object_or_404(exports_of(request.user), pk=pk, **fields)
    has_payers = export.kind == ExportKind.PAYERS
    if not may_export(request.user) or (has_payers and not may_see_some_payers(request.user)):
        raise PermissionDenied
    return export


def export_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return a file to the user who requested it, if their permissions haven't changed since."""
    export = _get_export(request, pk, state=ExportState.READY)
    if export.rights != rights_digest(request.user):
        messages.error(
            request,
            _(
                "Your permissions have changed since this file was created. Please request it again."
            ),
        )
        return redirect(_INDEX)
    content_type = _TYPES[ExportFormat(export.format)]
    return stream_response(request, export_batches(export), content_type, export.filename)


class ExportConfirmView(ConfirmView):
    """The base class of actions on one of the user's own files."""

    permission = may_export
    header_icon = "download"
    index_url_name = _INDEX
    index_label = _LABEL

    @override
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.export = _get_export(request, kwargs["pk"])

    @override
    def get_page_subtitle(self) -> str:
        return str(self.export)


class ExportRetryView(ExportConfirmView):
    """Creates a failed file again."""

    page_title = gettext_lazy("Create the file again")
    submit_label = gettext_lazy("Create again")
    explanation = gettext_lazy("The file is created again, with the current data.")

    @override
    def perform(self) -> None:
        if export_retry(export_id=self.export.pk):
            enqueue_export(self.export.pk)
            messages.success(self.request, _("The file is being created."))


class ExportDeleteView(ExportConfirmView):
    """Deletes a file."""

    page_title = gettext_lazy("Delete the file")
    submit_label = gettext_lazy("Delete")
    explanation = gettext_lazy("Only the file is deleted. No payment is changed.")

    @override
    def perform(self) -> None:
        export_delete(export_id=self.export.pk)
        messages.success(self.request, _("The file was deleted."))


class ExportViewSet(PermissionViewSet):
    """Files that are created in the background."""

    permission = may_export
    name = _NAME
    url_prefix = "payments/exports"
    icon = "download"
    menu_label = _LABEL

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", ExportsView.as_view(), name="index"),
            path("<int:pk>/", export_download, name="download"),
            path("<int:pk>/retry/", ExportRetryView.as_view(), name="retry"),
            path("<int:pk>/delete/", ExportDeleteView.as_view(), name="delete"),
        ]
