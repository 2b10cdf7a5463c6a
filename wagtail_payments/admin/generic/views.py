"""Screens of our own, which list no rows and edit none."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest
from django.views.generic import TemplateView
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


def admin_media() -> Media:
    """Return our style sheet for the admin."""
    return Media(css={"all": [versioned_static("wagtail_payments/admin.css")]})


class AdminView(WagtailAdminTemplateMixin, TemplateView):
    """Named at the top, with our styles, and shown to those who ``may``."""

    may: ClassVar[Callable[[Any], bool]]
    index_url_name = ""
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse all others."""
        if not type(self).may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Say where we are."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add our styles."""
        return {**super().get_context_data(**kwargs), "media": admin_media()}
