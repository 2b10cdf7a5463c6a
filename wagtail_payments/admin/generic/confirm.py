"""Forms that explain and confirm an action."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import FormView
from typing_extensions import override
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from .views import PermissionMixin

if TYPE_CHECKING:
    _FormView = FormView[forms.Form]
else:
    _FormView = FormView


class FormConfirmView(PermissionMixin, WagtailAdminTemplateMixin, _FormView):
    """Shows an explanation, a form for additional data, and one button."""

    template_name = "wagtail_payments/admin/generic/confirm.html"
    submit_label: ClassVar[str | Promise] = ""
    explanation: ClassVar[str | Promise] = ""

    @classmethod
    @override
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        # Data must be committed before a provider is called, even with ``ATOMIC_REQUESTS``.
        return transaction.non_atomic_requests(super().as_view(**initkwargs))

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "media": context["form"].media,
            "submit_button_label": self.submit_label or self.get_page_title(),
            "submit_button_active_label": _("One moment…"),
            "explanation": self.explanation,
        }


class ConfirmView(FormConfirmView):
    """Confirms an action, performs it, and redirects to ``success_url``: by default the list."""

    form_class = forms.Form
    index_url_name: ClassVar[str]
    index_label: ClassVar[str | Promise]

    @override
    def form_valid(self, form: forms.Form) -> HttpResponse:
        self.perform()
        return HttpResponseRedirect(self.get_success_url())

    def perform(self) -> None:
        """Perform the action, and add a message with its result."""
        raise NotImplementedError

    @override
    def get_success_url(self) -> str:
        return reverse(self.index_url_name)

    @override
    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.index_label},
            {"url": "", "label": self.get_page_title()},
        ]
