"""The accounting export: a period, and a file with one line per ledger entry."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from wagtail_payments.admin.exports.responses import export_response
from wagtail_payments.admin.generic.views import AdminView, admin_media
from wagtail_payments.enums import ExportFormat, ExportKind
from wagtail_payments.permissions import may_export
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.services.exports.accounting import accounting_table
from wagtail_payments.services.exports.tables import Table
from wagtail_payments.utils.dates import site_zone

from .base import ReportViewSet
from .period import PeriodForm, period_query


class AccountingForm(PeriodForm):
    """The period, by default last month."""

    default_period = "last_month"


class AccountingView(AdminView):
    """The form and the file."""

    page_title = gettext_lazy("Accounting export")
    header_icon = "table"
    template_name = "wagtail_payments/admin/revenue/accounting.html"
    permission = may_export

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = AccountingForm(request.GET)
        if request.GET.get("export") in ExportFormat.values and form.is_valid():
            table = accounting_table(user=request.user, period=form.get_period())
            if table.count():
                return self._file(table, form.get_period())
            form.add_error(None, _("No transactions in this period."))
        return self.render_to_response(self.get_context_data(form=form))

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        media = kwargs["form"].media + admin_media()
        return {**super().get_context_data(**kwargs), "media": media, "time_zone": site_zone()}

    def _file(self, table: Table, period: Period) -> HttpResponseBase:
        return export_response(
            self.request,
            table,
            kind=ExportKind.ACCOUNTING,
            query=period_query(period),
            description=f"{period.first} – {period.last} {period.mode}",
        )


def accounting_export_table(user: Any, query: str) -> Table:
    """Return the ledger entries of the period in ``query``. Raises PermissionDenied."""
    if not may_export(user):
        raise PermissionDenied
    return accounting_table(user=user, period=AccountingForm(QueryDict(query)).get_period())


class AccountingViewSet(ReportViewSet):
    """The accounting export."""

    permission = may_export
    view_class = AccountingView
    name = "wagtail_payments_accounting"
    url_prefix = "payments/accounting"
    icon = "table"
    menu_label = gettext_lazy("Accounting export")
