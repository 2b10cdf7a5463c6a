"""The payers report: what each payer paid, for thank-you letters or annual statements."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from typing_extensions import override

from wagtail_payments.admin.exports.responses import export_response
from wagtail_payments.admin.generic.views import AdminView, admin_media
from wagtail_payments.enums import ExportFormat, ExportKind, Mode
from wagtail_payments.permissions import may_export, may_see_some_payers
from wagtail_payments.selectors.products.products import could_be_id
from wagtail_payments.selectors.revenue.payers import (
    PayerSum,
    payer_key,
    payers_found,
    payers_page,
    payers_payments,
)
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.services.exports.payers import payers_table
from wagtail_payments.services.exports.tables import Table
from wagtail_payments.utils.dates import site_zone

from .base import ReportViewSet
from .period import PeriodForm, period_query

_PAGE_SIZE = 50


class PayersForm(PeriodForm):
    """The period, and a search."""

    q = forms.CharField(
        label=gettext_lazy("Email or name starts with"), required=False, max_length=100
    )

    @property
    def search_query(self) -> str:
        """The beginning of an email address or a name, or an empty string."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


class PayersView(AdminView):
    """The payers, sorted by email address, in pages."""

    page_title = gettext_lazy("Payers")
    header_icon = "user"
    template_name = "wagtail_payments/admin/revenue/payers.html"
    permission = may_see_some_payers

    @cached_property
    def form(self) -> PayersForm:
        """The form with the request's data."""
        return PayersForm(self.request.GET)

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.GET.get("export") in ExportFormat.values and self.form.is_valid():
            return self._file(self.form.get_period(), self.form.search_query)
        return super().get(request, *args, **kwargs)

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period, user = self.form.get_period(), self.request.user
        payments = payers_payments(user, period)
        if not self.form.is_valid():
            payments = payments.none()
        last_id = self.request.GET.get("after", "")
        after = payer_key(payments, int(last_id)) if could_be_id(last_id) else ""
        found = payers_found(payments, self.form.search_query, user=user)
        payers, more = payers_page(payments, found, after=after, size=_PAGE_SIZE)
        return {
            **super().get_context_data(**kwargs),
            "form": self.form,
            "media": self.form.media + admin_media(),
            "period": period,
            "test": period.mode == Mode.TEST,
            "time_zone": site_zone(),
            "payers": [_payer_row(payer, period) for payer in payers],
            "first_url": self._url() if after else "",
            "next_url": self._url(after=payers[-1].last_id) if more else "",
            "exports": self._exports() if may_export(user) else [],
        }

    def _exports(self) -> list[tuple[str, str]]:
        return [(str(label), self._url(export=value)) for value, label in ExportFormat.choices]

    def _url(self, **changes: Any) -> str:
        query = self.request.GET.copy()
        for name in ("after", "export"):
            query.pop(name, None)
        query.update(changes)
        return f"?{query.urlencode()}"

    def _file(self, period: Period, text: str) -> HttpResponseBase:
        if not may_export(self.request.user):
            raise PermissionDenied
        search = " q=…" if text else ""
        return export_response(
            self.request,
            payers_table(user=self.request.user, period=period, text=text),
            kind=ExportKind.PAYERS,
            query=f"{period_query(period)}&{urlencode({'q': text})}",
            description=f"{period.first} – {period.last} {period.mode}{search}",
        )


def payers_export_table(user: Any, query: str) -> Table:
    """Return the payers that the report shows for ``query``. Raises PermissionDenied."""
    if not (may_export(user) and may_see_some_payers(user)):
        raise PermissionDenied
    form = PayersForm(QueryDict(query))
    if not form.is_valid():
        raise PermissionDenied
    return payers_table(user=user, period=form.get_period(), text=form.search_query)


def _payer_row(payer: PayerSum, period: Period) -> dict[str, Any]:
    days = {"paid_at_from": period.first, "paid_at_to": period.last}
    query = urlencode({"q": payer.email, "mode": period.mode, **days})
    return {
        "email": payer.email,
        "name": payer.name,
        "url": f"{reverse('wagtail_payments_payment:index')}?{query}",
        "payments": payer.payments,
        "amounts": [payer.display(name) for name in ("paid", "refunded", "disputed", "net")],
    }


class PayersViewSet(ReportViewSet):
    """The payers report."""

    permission = may_see_some_payers
    view_class = PayersView
    name = "wagtail_payments_payers"
    url_prefix = "payments/reports/payers"
    icon = "user"
    menu_label = gettext_lazy("Payers")
