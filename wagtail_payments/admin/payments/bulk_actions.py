"""Bulk actions on the list of payments."""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from typing_extensions import override
from wagtail.admin.views.bulk_action import BulkAction

from wagtail_payments.enums import DeliveryKind
from wagtail_payments.models import Delivery, Payment
from wagtail_payments.permissions import may_export, may_resend_deliveries, visible_payments
from wagtail_payments.selectors.products.products import could_be_id
from wagtail_payments.services.deliveries.outbox import delivery_resend
from wagtail_payments.tasks import enqueue_deliveries

MAX_SELECTED = 500
"""The number of payments to which an action can be applied at once."""


def parse_ids(values: list[str]) -> list[int]:
    """Return at most 500 ids. Values that aren't ids are ignored."""
    return [int(value) for value in values if could_be_id(value)][:MAX_SELECTED]


class PaymentAction(BulkAction):
    """An action on selected payments that the user can see."""

    models = [Payment]

    permission: ClassVar[Callable[[Any], bool]]

    @override
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not type(self).permission(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    @override
    def get_actionable_objects(self) -> tuple[list[Payment], dict[str, Any]]:
        ids = parse_ids(self.request.GET.getlist("id"))
        payments = list(visible_payments(self.request.user).filter(pk__in=ids).order_by("-pk"))
        if not payments:
            raise Http404
        return payments, {"items_with_no_access": []}


class ExportAction(PaymentAction):
    """Exports the selected payments, with the list's own export."""

    display_name = _("Export")
    action_type = "export"
    aria_label = _("Export the selected payments")
    action_priority = 10
    permission = may_export

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        payments, _context = self.get_actionable_objects()
        query = {"export": "csv", "ids": ",".join(str(payment.pk) for payment in payments)}
        return redirect(f"{reverse('wagtail_payments_payment:index')}?{urlencode(query)}")

    post = get


class ResendReceiptsAction(PaymentAction):
    """Sends the receipts of the selected payments again."""

    display_name = _("Send receipts again")
    action_type = "resend_receipts"
    aria_label = _("Send the receipts of the selected payments again")
    action_priority = 20
    template_name = "wagtail_payments/admin/payments/resend_receipts.html"
    permission = may_resend_deliveries

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payments, _context = self.get_actionable_objects()
        count = _receipt_emails(payments).count()
        return {**super().get_context_data(**kwargs), "count": count}

    @override
    def get_execution_context(self) -> dict[str, Any]:
        return {"user": self.request.user}

    @classmethod
    @override
    def execute_action(cls, objects: list[Payment], **kwargs: Any) -> tuple[int, int]:
        ids = [
            pk
            for pk in _receipt_emails(objects).values_list("pk", flat=True)
            if delivery_resend(delivery_id=pk, actor=kwargs["user"])
        ]
        enqueue_deliveries(ids)
        return len(ids), 0

    @override
    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext(
            "%(count)d receipt will be sent again.",
            "%(count)d receipts will be sent again.",
            num_parent_objects,
        ) % {"count": num_parent_objects}


def _receipt_emails(payments: list[Payment]) -> Any:
    emails = Delivery.objects.filter(kind=DeliveryKind.RECEIPT_EMAIL, payment__in=payments)
    return emails.order_by("pk")
