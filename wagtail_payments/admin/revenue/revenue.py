"""The revenue report, by day, week, month or year, and by product, page or method."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.admin.views.reports import ReportView

from wagtail_payments.admin.generic.views import admin_media
from wagtail_payments.enums import Mode, RevenueSplit, RevenueUnit
from wagtail_payments.money import to_major
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.selectors.revenue.revenue import (
    Revenue,
    revenue_lines,
    revenue_period,
    revenue_totals,
)
from wagtail_payments.services.exports.cells import harmless
from wagtail_payments.utils.dates import site_zone

from .base import ReportMixin, ReportViewSet
from .period import PeriodForm

_AMOUNTS = {
    "gross": gettext_lazy("Gross"),
    "refunded": gettext_lazy("Refunds"),
    "disputed": gettext_lazy("Disputes"),
    "fees": gettext_lazy("Fees"),
    "net": gettext_lazy("Net"),
    "average": gettext_lazy("Average"),
    "tax": gettext_lazy("Tax in gross"),
}


class RevenueForm(PeriodForm):
    """The period, the length of its parts, and the breakdown."""

    unit = forms.ChoiceField(label=gettext_lazy("Group by"), choices=RevenueUnit.choices)
    split = forms.ChoiceField(label=gettext_lazy("Split by"), choices=RevenueSplit.choices)

    default_unit, default_split = RevenueUnit.MONTH, RevenueSplit.NONE

    def __init__(self, data: Any, **kwargs: Any) -> None:
        # Bound even without data, so that the form shows its defaults.
        data = data.copy()
        data.setdefault("unit", self.default_unit)
        data.setdefault("split", self.default_split)
        super().__init__(data, **kwargs)

    def value(self, name: str, default: str) -> str:
        """Return a field's value, or ``default`` if it is missing or invalid."""
        return str(self.cleaned_data.get(name) or default)


class ByProductForm(RevenueForm):
    """The same form, by default by product for the whole period."""

    default_unit, default_split = RevenueUnit.TOTAL, RevenueSplit.PRODUCT


class RevenueView(ReportMixin, ReportView):
    """Gross, refunds, disputes, fees, net, average and tax, per currency, with totals."""

    page_title = gettext_lazy("Revenue")
    header_icon = "payments"
    template_name = "wagtail_payments/admin/revenue/revenue.html"
    results_template_name = "wagtail_payments/admin/revenue/revenue_results.html"
    form_class: type[RevenueForm] = RevenueForm
    file_name = "revenue"
    paginate_by = 100
    is_searchable = False
    any_permission_required: list[str] = []
    list_export = ["begins", "title", "currency", "payments", *_AMOUNTS]
    export_headings = {
        "title": gettext_lazy("Name"),
        "currency": gettext_lazy("Currency"),
        "payments": gettext_lazy("Payments"),
        **_AMOUNTS,
    }
    columns: list[Any] = []

    @cached_property
    def form(self) -> RevenueForm:
        """The form with the request's data."""
        return self.form_class(self.request.GET)

    @cached_property
    def period(self) -> Period:
        """The selected period."""
        return revenue_period(self.request.user, self.form.get_period())

    @cached_property
    def unit(self) -> str:
        """The length of the period's parts."""
        return self.form.value("unit", self.form.default_unit)

    @cached_property
    def split(self) -> str:
        """The breakdown."""
        return self.form.value("split", self.form.default_split)

    @cached_property
    def lines(self) -> list[Revenue]:
        """All lines, sorted by currency."""
        period = self.period
        if not self.form.is_valid():
            return []
        return revenue_lines(self.request.user, period, unit=self.unit, split=self.split)

    @override
    def get_filtered_queryset(self) -> Any:
        return self.lines

    @override
    def get_filename(self) -> str:
        test = "test-" if self.period.mode == Mode.TEST else ""
        return f"{self.file_name}-{test}{self.period.first}-{self.period.last}"

    @override
    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        # No language is active while the file is streamed.
        self.headings = {name: str(heading) for name, heading in self.export_headings.items()}
        self.headings["begins"] = _("Start (%(zone)s)") % {"zone": site_zone()}
        response: HttpResponseBase = super().as_spreadsheet(queryset, spreadsheet_format)
        return response

    @override
    def get_heading(self, queryset: Any, field: str) -> str:
        return self.headings[field]

    @override
    def to_row_dict(self, item: Revenue) -> dict[str, Any]:
        amounts = {name: getattr(item, name) for name in _AMOUNTS}
        return {
            "begins": item.begins or self.period.first,
            "title": harmless(item.title),
            "currency": item.currency,
            "payments": item.payments,
            **{
                name: "" if amount is None else to_major(amount, item.currency)
                for name, amount in amounts.items()
            },
        }

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            **self.report_context(self.period),
            "form": self.form,
            "media": context["media"] + self.form.media + admin_media(),
            "amounts": _AMOUNTS.values(),
            "split": self.split if self.split != RevenueSplit.NONE else "",
            "by_time": self.unit != RevenueUnit.TOTAL,
            "currencies": self._by_currency(context["object_list"]),
        }

    def _by_currency(self, lines: Iterable[Revenue]) -> list[dict[str, Any]]:
        totals = {total.currency: total for total in revenue_totals(self.lines)}
        rows: dict[str, list[dict[str, Any]]] = {}
        for line in lines:
            rows.setdefault(line.currency, []).append(self._row(line))
        return [
            {"currency": currency, "lines": lines, "total": self._row(totals[currency])}
            for currency, lines in rows.items()
        ]

    def _row(self, line: Revenue) -> dict[str, Any]:
        return {
            "begins": _begins(line, self.unit),
            "title": line.title,
            "payments": line.payments,
            "amounts": [line.display(name) for name in _AMOUNTS],
        }


def _begins(line: Revenue, unit: str) -> str:
    if line.begins is None:
        return ""
    if unit == RevenueUnit.YEAR:
        return str(line.begins.year)
    if unit == RevenueUnit.MONTH:
        return date_format(line.begins, "YEAR_MONTH_FORMAT")
    day = date_format(line.begins, "SHORT_DATE_FORMAT")
    return _("Week of %(day)s") % {"day": day} if unit == RevenueUnit.WEEK else day


class ByProductView(RevenueView):
    """The same report, by product."""

    page_title = gettext_lazy("By product")
    header_icon = "tag"
    form_class = ByProductForm
    file_name = "by-product"


class RevenueViewSet(ReportViewSet):
    """Revenue over time."""

    view_class = RevenueView
    name = "wagtail_payments_revenue"
    url_prefix = "payments/reports/revenue"
    icon = "payments"
    menu_label = gettext_lazy("Revenue")


class ByProductViewSet(ReportViewSet):
    """Revenue by product."""

    view_class = ByProductView
    name = "wagtail_payments_by_product"
    url_prefix = "payments/reports/products"
    icon = "tag"
    menu_label = gettext_lazy("By product")
