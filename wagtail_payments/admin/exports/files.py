"""The files that a task makes: one's own, how far they are, and taking them away."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from wagtail_payments.admin.generic.confirm import ConfirmView
from wagtail_payments.admin.generic.views import AdminView
from wagtail_payments.enums import ExportFormat, ExportKind, ExportState
from wagtail_payments.models import Export
from wagtail_payments.permissions import may_export, may_see_some_payers, rights_digest
from wagtail_payments.selectors.exports import export_batches, exports_of
from wagtail_payments.services.exports import csv_file, xlsx_file
from wagtail_payments.services.exports.email import KEPT_DAYS
from wagtail_payments.services.exports.files import export_delete, export_retry
from wagtail_payments.tasks import enqueue_export

from .responses import stream_answer

_NAME = "wagtail_payments_export"
_INDEX = f"{_NAME}:index"
_LABEL = gettext_lazy("Exports")
_TYPES = {ExportFormat.CSV: csv_file.CONTENT_TYPE, ExportFormat.XLSX: xlsx_file.CONTENT_TYPE}


class ExportsView(AdminView):
    """The list. A script asks for it again while something is being made."""

    page_title = _LABEL
    header_icon = "download"
    template_name = "wagtail_payments/admin/exports/index.html"
    may = may_export

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the user's own files."""
        exports = list(exports_of(self.request.user))
        unfinished = (ExportState.WAITING, ExportState.RUNNING)
        return {
            **super().get_context_data(**kwargs),
            "exports": exports,
            "running": any(export.state in unfinished for export in exports),
            "days": KEPT_DAYS,
        }


def _own(request: HttpRequest, pk: int, **fields: Any) -> Export:
    """Return a file of this user's. Raises Http404, and PermissionDenied where they may no longer."""
    export = get_object_or_404(exports_of(request.user), pk=pk, **fields)
    of_payers = export.kind == ExportKind.PAYERS
    if not may_export(request.user) or (of_payers and not may_see_some_payers(request.user)):
        raise PermissionDenied
    return export


def export_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return a file that is ready, to whoever asked for it, as long as their rights are the same."""
    export = _own(request, pk, state=ExportState.READY)
    if export.rights != rights_digest(request.user):
        messages.error(
            request, _("Your rights have changed since this file was made. Ask for it once more.")
        )
        return redirect(_INDEX)
    content_type = _TYPES[ExportFormat(export.format)]
    return stream_answer(request, export_batches(export), content_type, export.filename)


class _OneExportView(ConfirmView):
    """A question about one of the user's own files."""

    may = may_export
    header_icon = "download"
    index_url_name = _INDEX
    index_label = _LABEL

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find it."""
        super().setup(request, *args, **kwargs)
        self.export = _own(request, kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Say which."""
        return str(self.export)


class ExportAgainView(_OneExportView):
    """A file that failed, once more."""

    page_title = gettext_lazy("Make the file again")
    submit_label = gettext_lazy("Make it again")
    explanation = gettext_lazy("It is made anew, with what there is now.")

    def perform(self) -> None:
        """Have it made."""
        if export_retry(export_id=self.export.pk):
            enqueue_export(self.export.pk)
            messages.success(self.request, _("The file is being made."))


class ExportDeleteView(_OneExportView):
    """The end of a file."""

    page_title = gettext_lazy("Delete the file")
    submit_label = gettext_lazy("Delete")
    explanation = gettext_lazy("Only the file is deleted: no payment is changed.")

    def perform(self) -> None:
        """Throw it away."""
        export_delete(export_id=self.export.pk)
        messages.success(self.request, _("The file is deleted."))


class ExportMenuItem(MenuItem):
    """Shown to those who may export."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this user may."""
        return may_export(request.user)


class ExportViewSet(ViewSet):
    """Files that were made in the background."""

    name = _NAME
    url_prefix = "payments/exports"
    icon = "download"
    menu_label = _LABEL
    menu_item_class = ExportMenuItem

    def get_urlpatterns(self) -> list[Any]:
        """Return the list, and what can be done with a file."""
        return [
            path("", ExportsView.as_view(), name="index"),
            path("<int:pk>/", export_download, name="download"),
            path("<int:pk>/again/", ExportAgainView.as_view(), name="again"),
            path("<int:pk>/delete/", ExportDeleteView.as_view(), name="delete"),
        ]
