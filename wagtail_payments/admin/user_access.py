"""What a user can access: permissions for all products, and for single ones."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from typing_extensions import override
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from wagtail_payments.admin.generic.views import PermissionMixin
from wagtail_payments.permissions import may_see_access_of
from wagtail_payments.selectors.user_access import holder_found, products_reached, rights_everywhere

_URL_NAME = "wagtail_payments_user_access"


class UserAccessView(PermissionMixin, WagtailAdminTemplateMixin, TemplateView):
    """A user's permissions for products and payments."""

    page_title = gettext_lazy("Access to payments")
    header_icon = "key"
    template_name = "wagtail_payments/admin/user_access.html"

    @override
    def has_permission(self) -> bool:
        return may_see_access_of(self.request.user, self.person)

    @cached_property
    def person(self) -> Any:
        """The user whose permissions are shown. Raises Http404."""
        person = holder_found("user", self.kwargs["pk"])
        if person is None:
            raise Http404
        return person

    @override
    def get_page_subtitle(self) -> str:
        return str(self.person)

    @override
    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        users = reverse("wagtailusers_users:index")
        edit = reverse("wagtailusers_users:edit", args=[self.person.pk])
        return [
            *self.breadcrumbs_items,
            {"url": users, "label": _("Users")},
            {"url": edit, "label": str(self.person)},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.person)},
        ]

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "person": self.person,
            "everywhere": rights_everywhere(self.person),
            "products": products_reached(self.person, onlooker=self.request.user),
        }


def user_buttons(user: Any, request_user: Any) -> Iterator[Button]:
    """Add a link to Wagtail's list of users."""
    if may_see_access_of(request_user, user):
        url = reverse(_URL_NAME, args=[user.pk])
        yield Button(_("Access to payments"), url=url, icon_name="key", priority=50)


def add_user_message(request: HttpRequest, user: Any) -> None:
    """Add a message with a link to Wagtail's page of a user who can access payments."""
    if request.method != "GET" or not may_see_access_of(request.user, user):
        return
    if rights_everywhere(user) or products_reached(user, onlooker=request.user):
        button = messages.button(reverse(_URL_NAME, args=[user.pk]), _("Show access"))
        messages.info(request, _("This user has access to payments."), buttons=[button])


def admin_urls() -> list[URLPattern]:
    """Return the URL pattern."""
    return [path("payments/access/<str:pk>/", UserAccessView.as_view(), name=_URL_NAME)]
