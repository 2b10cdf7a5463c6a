"""The export of the payments list."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import resolve, reverse
from django.utils.functional import cached_property
from typing_extensions import override

from wagtail_payments.admin.exports.responses import export_response
from wagtail_payments.admin.generic.listing import ReadOnlyIndexView
from wagtail_payments.enums import ExportKind
from wagtail_payments.models import Payment
from wagtail_payments.permissions import may_export
from wagtail_payments.selectors.products.products import could_be_id
from wagtail_payments.services.exports.payments import payments_table
from wagtail_payments.services.exports.tables import Table

from .filters import PaymentFilterSet

_INDEX = "wagtail_payments_payment:index"


class PaymentExportIndexView(ReadOnlyIndexView):
    """A list of payments that can be exported as CSV or XLSX.

    ``?ids=1,2,3`` limits the export to the payments that were selected in the list.
    """

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_export:
            response: HttpResponseBase = super().get(request, *args, **kwargs)
            return response
        if not may_export(request.user):
            raise PermissionDenied
        table = payments_table(self.get_queryset(), user=request.user)
        return export_response(
            request,
            table,
            kind=ExportKind.PAYMENTS,
            query=request.GET.urlencode(),
            description=self._describe_filters(),
        )

    @cached_property
    @override
    def show_export_buttons(self) -> bool:
        return may_export(self.request.user)

    @override
    def get_queryset(self) -> QuerySet[Payment]:
        payments: QuerySet[Payment] = super().get_queryset()
        if self.is_export and "ids" in self.request.GET:
            return payments.filter(pk__in=_parse_ids(self.request.GET["ids"]))
        return payments

    def _describe_filters(self) -> str:
        """Return the filters for the audit log, without the search term, which can name a payer."""
        query, known = self.request.GET, PaymentFilterSet.base_filters
        words = [
            f"{name}={'…' if name == 'q' else ', '.join(values)}"
            for name, values in query.lists()
            if any(values)
            and (name == "q" or name.removesuffix("_from").removesuffix("_to") in known)
        ]
        selected = [f"ids={len(_parse_ids(query['ids']))}"] if "ids" in query else []
        return " ".join([*words, *selected])


def payments_export_table(user: Any, query: str) -> Table:
    """Return the payments that the list shows ``user`` for ``query`` and that they can export.

    Uses the list's own view, so that the file always matches the list. Raises PermissionDenied.
    """
    if not may_export(user):
        raise PermissionDenied
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(query)
    view_func: Any = resolve(reverse(_INDEX)).func
    view = view_func.view_class(**view_func.view_initkwargs)
    view.setup(request)
    return payments_table(view.get_queryset(), user=user)


def _parse_ids(text: str) -> list[int]:
    return [int(word) for word in text.split(",") if could_be_id(word)]
