"""The first screen: how business goes, and what somebody has to do."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_payments.admin.generic.charts import BarChart, Value, share
from wagtail_payments.admin.generic.views import AdminView
from wagtail_payments.admin.health import attention
from wagtail_payments.enums import Mode, RevenueUnit
from wagtail_payments.permissions import may_see_reports
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
"""Percent from which on a month was too small to be compared with."""


class OverviewView(ReportMixin, AdminView):
    """A month against others, a chart, products, methods, and what needs attention."""

    template_name = "wagtail_payments/admin/revenue/overview.html"
    page_title = gettext_lazy("Overview")
    header_icon = "payments"
    may = may_see_reports

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return everything."""
        query, user = self.request.GET, self.request.user
        mode = query["mode"] if query.get("mode") in Mode.values else current_mode()
        unit = RevenueUnit.DAY if query.get("unit") == RevenueUnit.DAY else RevenueUnit.MONTH
        span = overview_span(mode, unit)
        paid, over = success_rate(user, span)
        return {
            **super().get_context_data(**kwargs),
            **self.report_context(span),
            "mode": mode,
            "unit": unit,
            "modes": Mode.choices,
            "units": [(RevenueUnit.DAY, _("30 days")), (RevenueUnit.MONTH, _("12 months"))],
            "currencies": [_shown(found, unit) for found in overview(user, mode, unit)],
            "paid": paid,
            "over": over,
            "success": share(paid, over),
            "problems": attention(user, mode),
        }


def _shown(found: CurrencyOverview, unit: str) -> dict[str, Any]:
    title = _("Gross income a day") if unit == RevenueUnit.DAY else _("Gross income a month")
    name = f"chart-{found.currency}"
    values = [_value(step, unit, found.currency) for step in found.series]
    return {
        "currency": found.currency,
        "months": [_month(month, found.months[0]) for month in found.months],
        "chart": BarChart(name, f"{title}, {found.currency}", found.currency, values),
        "products": _shares(found.products),
        "methods": _shares(found.methods),
    }


def _month(month: Comparison, this: Comparison) -> dict[str, Any]:
    """Return a tile: the sum of as many days as this month has had, and how this month compares."""
    gross, now = month.so_far.gross, this.so_far.gross
    return {
        "heading": _HEADINGS[month.name],
        "days": _days(month),
        "gross": month.so_far.display("gross"),
        "net": month.so_far.display("net"),
        "payments": month.so_far.payments,
        **(_change(gross, now) if month is not this else {}),
        "whole": month.whole.display("gross") if month.whole else "",
        "name": date_format(month.period.first, "YEAR_MONTH_FORMAT"),
    }


def _change(before: int, now: int) -> dict[str, int]:
    """Return by how many percent it is above or below; nothing where that says nothing."""
    percent = round(100 * (now - before) / before) if before > 0 else _NO_COMPARISON
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
    """The overview, first in the menu."""

    view_class = OverviewView
    name = "wagtail_payments_overview"
    url_prefix = "payments/overview"
    icon = "home"
    menu_label = gettext_lazy("Overview")
