"""A question before something is done: what it means, and one button."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

if TYPE_CHECKING:
    _FormView = FormView[forms.Form]
else:
    _FormView = FormView


class FormConfirmView(WagtailAdminTemplateMixin, _FormView):
    """Says what it means, takes what is missing, and has one button."""

    template_name = "wagtail_payments/admin/generic/confirm.html"
    submit_label: ClassVar[str | Promise] = ""
    explanation: ClassVar[str | Promise] = ""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        """Keep ``ATOMIC_REQUESTS`` out: what a provider is asked to do has to be committed before."""
        return transaction.non_atomic_requests(super().as_view(**initkwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the template says."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "media": context["form"].media,
            "submit_button_label": self.submit_label,
            "submit_button_active_label": _("One moment…"),
            "explanation": self.explanation,
        }


class ConfirmView(FormConfirmView):
    """Ask, do it, and go back to the list."""

    form_class = forms.Form
    may: ClassVar[Callable[[Any], bool]]
    index_url_name: ClassVar[str]
    index_label: ClassVar[str | Promise]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse those who may not."""
        if not type(self).may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Do it and go back."""
        self.perform()
        return HttpResponseRedirect(self.back_url())

    def perform(self) -> None:
        """Do what was asked, and say how it went."""
        raise NotImplementedError

    def back_url(self) -> str:
        """Return where to go then."""
        return reverse(self.index_url_name)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.index_label},
            {"url": "", "label": self.get_page_title()},
        ]
