"""What all reports have in common."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import path
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from wagtail_payments.enums import Mode
from wagtail_payments.permissions import may_see_reports
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.services.revenue import revenue_refresh
from wagtail_payments.utils.dates import site_zone

_AT_ONCE = 31
"""Stale days that are summed up before a report is shown; more are left to the consumer."""


class ReportMixin:
    """Shown to those who may see payments of some product; its figures are up to date."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse others, and sum up what has changed."""
        if not may_see_reports(request.user):
            raise PermissionDenied
        self.stale_days = revenue_refresh(most=_AT_ONCE)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def report_context(self, period: Period) -> dict[str, Any]:
        """Return what every report says: in which time zone its days are, and which money it is about."""
        return {
            "period": period,
            "time_zone": str(site_zone()),
            "test": period.mode == Mode.TEST,
            "stale_days": self.stale_days,
        }


class ReportMenuItem(MenuItem):
    """Shown to those who may see reports."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this user may."""
        return may_see_reports(request.user)


class ReportViewSet(ViewSet):
    """One report with one address."""

    view_class: Any
    menu_item_class = ReportMenuItem

    def get_urlpatterns(self) -> list[Any]:
        """Return its address."""
        view = self.construct_view(self.view_class, index_url_name=self.get_url_name("index"))
        return [path("", view, name="index")]
