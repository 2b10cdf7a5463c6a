"""Base classes of admin views that neither list nor edit rows."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView, View
from typing_extensions import override
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


def admin_media() -> Media:
    """Return the style sheet of the payments admin."""
    return Media(css={"all": [versioned_static("wagtail_payments/admin.css")]})


class PermissionMixin(View):
    """Restricts a view to users who pass ``permission``. Other users get a 403 response."""

    permission: ClassVar[Callable[[Any], bool]]

    def has_permission(self) -> bool:
        """Return whether the current user can use this view."""
        return type(self).permission(self.request.user)

    @override
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.has_permission():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class AdminView(PermissionMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page with a title, breadcrumbs and the styles of the payments admin."""

    index_url_name = ""
    _show_breadcrumbs = True

    @override
    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "media": admin_media()}
