"""The overview: how sales are going, and what needs attention."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from wagtail_payments.admin.generic.charts import BarChart, Value, share
from wagtail_payments.admin.generic.views import AdminView
from wagtail_payments.admin.health import attention
from wagtail_payments.enums import Mode, RevenueUnit
from wagtail_payments.selectors.revenue.overview import (
    Comparison,
    CurrencyOverview,
    Step,
    overview,
    overview_span,
)
from wagtail_payments.selectors.revenue.periods import current_mode
from wagtail_payments.selectors.revenue.revenue import Revenue, success_rate

from .base import ReportMixin, ReportViewSet

_NO_COMPARISON = 1000
"""The growth, in percent, from which a comparison says nothing: the other month was too small."""


class OverviewView(ReportMixin, AdminView):
    """Compares months, and shows a chart, products, methods, and what needs attention."""

    template_name = "wagtail_payments/admin/revenue/overview.html"
    page_title = gettext_lazy("Overview")
    header_icon = "payments"

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query, user = self.request.GET, self.request.user
        mode = query["mode"] if query.get("mode") in Mode.values else current_mode()
        unit = RevenueUnit.DAY if query.get("unit") == RevenueUnit.DAY else RevenueUnit.MONTH
        span = overview_span(mode, unit)
        paid, finished = success_rate(user, span)
        return {
            **super().get_context_data(**kwargs),
            **self.report_context(span),
            "mode": mode,
            "unit": unit,
            "modes": Mode.choices,
            "units": [(RevenueUnit.DAY, _("30 days")), (RevenueUnit.MONTH, _("12 months"))],
            "currencies": [_currency(item, unit) for item in overview(user, mode, unit)],
            "paid": paid,
            "finished": finished,
            "success": share(paid, finished),
            "problems": attention(user, mode),
        }


def _currency(item: CurrencyOverview, unit: str) -> dict[str, Any]:
    title = _("Gross income per day") if unit == RevenueUnit.DAY else _("Gross income per month")
    name = f"chart-{item.currency}"
    values = [_value(step, unit, item.currency) for step in item.series]
    return {
        "currency": item.currency,
        "months": [_month(month, item.months[0]) for month in item.months],
        "chart": BarChart(name, f"{title}, {item.currency}", item.currency, values),
        "products": _shares(item.products),
        "methods": _shares(item.methods),
    }


def _month(month: Comparison, this_month: Comparison) -> dict[str, Any]:
    """Return a tile: the total of as many days as this month has had, and the comparison."""
    gross, current = month.so_far.gross, this_month.so_far.gross
    return {
        "heading": _HEADINGS[month.name],
        "days": _days(month),
        "gross": month.so_far.display("gross"),
        "net": month.so_far.display("net"),
        "payments": month.so_far.payments,
        **(_change(gross, current) if month is not this_month else {}),
        "whole": month.whole.display("gross") if month.whole else "",
        "name": date_format(month.period.first, "YEAR_MONTH_FORMAT"),
    }


def _change(before: int, current: int) -> dict[str, int]:
    """Return the change in percent, or nothing if it would say nothing."""
    percent = round(100 * (current - before) / before) if before > 0 else _NO_COMPARISON
    if percent >= _NO_COMPARISON:
        return {}
    return {"above": percent} if percent >= 0 else {"below": -percent}


_HEADINGS = {
    "this": gettext_lazy("This month"),
    "last": gettext_lazy("Last month, same days"),
    "year_before": gettext_lazy("A year ago, same days"),
}


def _days(month: Comparison) -> str:
    first, last = month.period.first, month.period.last
    return f"{date_format(first, 'SHORT_DATE_FORMAT')} – {date_format(last, 'SHORT_DATE_FORMAT')}"


def _value(step: Step, unit: str, currency: str) -> Value:
    by_day = unit == RevenueUnit.DAY
    return Value(
        label=date_format(step.begins, "j" if by_day else "M"),
        name=date_format(step.begins, "DATE_FORMAT" if by_day else "YEAR_MONTH_FORMAT"),
        amount=step.revenue.gross,
        before=step.year_before.gross,
    )


def _shares(lines: list[Revenue]) -> list[dict[str, Any]]:
    most = max((line.gross for line in lines), default=0)
    return [
        {
            "title": line.title,
            "payments": line.payments,
            "gross": line.display("gross"),
            "share": share(line.gross, most),
        }
        for line in lines
        if line.payments
    ]


class OverviewViewSet(ReportViewSet):
    """The overview."""

    view_class = OverviewView
    name = "wagtail_payments_overview"
    url_prefix = "payments/overview"
    icon = "home"
    menu_label = gettext_lazy("Overview")
