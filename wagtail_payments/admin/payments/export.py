"""The export of the payments list: only what this user may take away."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import resolve, reverse
from django.utils.functional import cached_property

from wagtail_payments.admin.exports.responses import export_answer
from wagtail_payments.enums import ExportKind
from wagtail_payments.models import Payment
from wagtail_payments.permissions import may_export
from wagtail_payments.selectors.products.products import could_be_id
from wagtail_payments.services.exports.payments import payments_table
from wagtail_payments.services.exports.tables import Table

from .filters import PaymentFilterSet

_LIST = "wagtail_payments_payment:index"


class PaymentExportMixin:
    """A list of payments that whoever may export them can download as CSV or XLSX.

    ``?ids=1,2,3`` in the address is what was chosen in the list.
    """

    request: HttpRequest
    is_export: bool

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return the file, if one is asked for, and refuse it to those who may not."""
        if not self.is_export:
            response: HttpResponseBase = super().get(request, *args, **kwargs)  # type: ignore[misc]
            return response
        if not may_export(request.user):
            raise PermissionDenied
        table = payments_table(self.get_queryset(), user=request.user)
        query, what = request.GET.urlencode(), self._filter_text()
        return export_answer(request, table, kind=ExportKind.PAYMENTS, query=query, what=what)

    @cached_property
    def show_export_buttons(self) -> bool:
        """Whether the list offers it."""
        return may_export(self.request.user)

    def get_queryset(self) -> QuerySet[Payment]:
        """Return what is listed; in an export, what was chosen of it."""
        payments: QuerySet[Payment] = super().get_queryset()  # type: ignore[misc]
        if self.is_export and "ids" in self.request.GET:
            return payments.filter(pk__in=_numbers(self.request.GET["ids"]))
        return payments

    def _filter_text(self) -> str:
        """Return what was filtered by; not what was searched for, which may name a payer."""
        query, known = self.request.GET, PaymentFilterSet.base_filters
        words = [
            f"{name}={'…' if name == 'q' else ', '.join(values)}"
            for name, values in query.lists()
            if any(values)
            and (name == "q" or name.removesuffix("_from").removesuffix("_to") in known)
        ]
        chosen = [f"ids={len(_numbers(query['ids']))}"] if "ids" in query else []
        return " ".join([*words, *chosen])


def payments_export_table(user: Any, query: str) -> Table:
    """Return what the list shows ``user`` at the address with ``query``, as far as they may export it.

    A task has no request, so the list's own view is asked as if it had one: what is filtered in the
    list and what is in the file can't differ. Raises PermissionDenied.
    """
    if not may_export(user):
        raise PermissionDenied
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(query)
    made: Any = resolve(reverse(_LIST)).func
    view = made.view_class(**made.view_initkwargs)
    view.setup(request)
    return payments_table(view.get_queryset(), user=user)


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",") if could_be_id(word)]
