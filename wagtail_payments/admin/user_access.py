"""What one user can reach: with all products, and with single ones."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from wagtail_payments.permissions import may_see_access_of
from wagtail_payments.selectors.user_access import holder_found, products_reached, rights_everywhere

_URL_NAME = "wagtail_payments_user_access"


class UserAccessView(WagtailAdminTemplateMixin, TemplateView):
    """The list, for those who look after users."""

    page_title = gettext_lazy("Access to payments")
    header_icon = "key"
    template_name = "wagtail_payments/admin/user_access.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse the others, but for what they can reach themselves."""
        if not may_see_access_of(request.user, self.person):
            raise PermissionDenied
        response: Any = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def person(self) -> Any:
        """Return whose access is shown."""
        person = holder_found("user", self.kwargs["pk"])
        if person is None:
            raise Http404
        return person

    def get_page_subtitle(self) -> str:
        """Return whose."""
        return str(self.person)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to Wagtail's page about them."""
        users = reverse("wagtailusers_users:index")
        edit = reverse("wagtailusers_users:edit", args=[self.person.pk])
        return [
            *self.breadcrumbs_items,
            {"url": users, "label": _("Users")},
            {"url": edit, "label": str(self.person)},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.person)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what they can reach."""
        return {
            **super().get_context_data(**kwargs),
            "person": self.person,
            "everywhere": rights_everywhere(self.person),
            "products": products_reached(self.person, onlooker=self.request.user),
        }


def user_buttons(user: Any, request_user: Any) -> Iterator[Button]:
    """Offer it in Wagtail's list of users."""
    if may_see_access_of(request_user, user):
        url = reverse(_URL_NAME, args=[user.pk])
        yield Button(_("Access to payments"), url=url, icon_name="key", priority=50)


def say_on_user_page(request: HttpRequest, user: Any) -> None:
    """Say on a user's own page in Wagtail that they can reach payments, and lead to what."""
    if request.method != "GET" or not may_see_access_of(request.user, user):
        return
    if rights_everywhere(user) or products_reached(user, onlooker=request.user):
        button = messages.button(reverse(_URL_NAME, args=[user.pk]), _("See what"))
        messages.info(request, _("This user has access to payments."), buttons=[button])


def admin_urls() -> list[URLPattern]:
    """Return the address."""
    return [path("payments/access/<str:pk>/", UserAccessView.as_view(), name=_URL_NAME)]
