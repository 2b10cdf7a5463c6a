"""What all reports have in common."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from typing_extensions import override

from wagtail_payments.admin.generic.menu import PermissionViewSet
from wagtail_payments.admin.generic.views import PermissionMixin
from wagtail_payments.enums import Mode
from wagtail_payments.permissions import may_see_reports
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.services.revenue import revenue_refresh
from wagtail_payments.utils.dates import site_zone

_MAX_STALE_DAYS = 31
"""The number of days whose totals a request refreshes. The consumer refreshes the others."""


class ReportMixin(PermissionMixin):
    """A report with current totals, for users who can see the payments of a product."""

    permission = may_see_reports

    @override
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.has_permission():
            self.stale_days = revenue_refresh(most=_MAX_STALE_DAYS)
        return super().dispatch(request, *args, **kwargs)

    def report_context(self, period: Period) -> dict[str, Any]:
        """Return the context of all reports: period, time zone, mode and stale days."""
        return {
            "period": period,
            "time_zone": str(site_zone()),
            "test": period.mode == Mode.TEST,
            "stale_days": self.stale_days,
        }


class ReportViewSet(PermissionViewSet):
    """A report with a single URL."""

    view_class: Any
    permission = may_see_reports

    @override
    def get_urlpatterns(self) -> list[Any]:
        view = self.construct_view(self.view_class, index_url_name=self.get_url_name("index"))
        return [path("", view, name="index")]
