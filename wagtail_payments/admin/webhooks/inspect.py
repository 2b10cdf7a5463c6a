"""The page of a webhook event."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.admin.views.generic.models import InspectView
from wagtail.admin.widgets.button import HeaderButton

from wagtail_payments.conf import payments_conf
from wagtail_payments.permissions import may_see_all_payers, visible_payments
from wagtail_payments.services.audit.log import PAYERS_SEEN, audit

from .actions import NAME, available_actions


class WebhookInspectView(InspectView):
    """An event, its result, the last error and the payload."""

    any_permission_required = ["view"]
    page_title = gettext_lazy("Webhook event")
    template_name = "wagtail_payments/admin/webhooks/inspect.html"

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.shows_payload and self.object.text and payments_conf().LOG_PERSONAL_DATA_VIEWS:
            audit(self.object, PAYERS_SEEN)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    @cached_property
    def shows_payload(self) -> bool:
        """Whether the user can see the payload, which names the payer."""
        return may_see_all_payers(self.request.user)

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payments = visible_payments(self.request.user)
        return {
            **super().get_context_data(**kwargs),
            "shows_payload": self.shows_payload,
            "payment": payments.filter(pk=self.object.payment_id).first(),
        }

    @cached_property
    @override
    def header_more_buttons(self) -> list[HeaderButton]:
        return []

    @cached_property
    @override
    def header_buttons(self) -> list[HeaderButton]:
        views = available_actions(self.object, self.request.user)
        return [
            HeaderButton(
                view.page_title,
                url=reverse(f"{NAME}:{view.action}", args=[self.object.pk]),
                icon_name=view.header_icon,
                priority=priority,
            )
            for priority, view in enumerate(views)
        ]
