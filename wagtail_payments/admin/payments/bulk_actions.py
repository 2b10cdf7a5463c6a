"""What can be done with payments that are chosen in the list."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.bulk_action import BulkAction

from wagtail_payments.enums import DeliveryKind
from wagtail_payments.models import Delivery, Payment
from wagtail_payments.permissions import may_export, may_resend_deliveries, visible_payments
from wagtail_payments.selectors.products.products import could_be_id
from wagtail_payments.services.deliveries.outbox import delivery_resend
from wagtail_payments.tasks import enqueue_deliveries

MOST = 500
"""Rows that may be chosen at once."""


def chosen_ids(texts: list[str]) -> list[int]:
    """Return the ids that ``texts`` are, at most 500; what is no number is none."""
    return [int(text) for text in texts if could_be_id(text)][:MOST]


class PaymentAction(BulkAction):
    """Something done with chosen payments, of those that whoever does it may see."""

    models = [Payment]

    @staticmethod
    def allowed(user: Any) -> bool:
        """Tell whether ``user`` may do it."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse it to those who may not."""
        if not self.allowed(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_actionable_objects(self) -> tuple[list[Payment], dict[str, Any]]:
        """Return the payments. Raises Http404 where there is none that this user may see."""
        ids = chosen_ids(self.request.GET.getlist("id"))
        payments = list(visible_payments(self.request.user).filter(pk__in=ids).order_by("-pk"))
        if not payments:
            raise Http404
        return payments, {"items_with_no_access": []}


class ExportAction(PaymentAction):
    """Takes what is chosen away as a file: it is the list's own export."""

    display_name = _("Export")
    action_type = "export"
    aria_label = _("Export the selected payments")
    action_priority = 10
    allowed = staticmethod(may_export)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the export."""
        payments, _refused = self.get_actionable_objects()
        query = {"export": "csv", "ids": ",".join(str(payment.pk) for payment in payments)}
        return redirect(f"{reverse('wagtail_payments_payment:index')}?{urlencode(query)}")

    post = get


class ResendReceiptsAction(PaymentAction):
    """Sends the receipts of what is chosen once more."""

    display_name = _("Send receipts again")
    action_type = "resend_receipts"
    aria_label = _("Send the receipts of the selected payments again")
    action_priority = 20
    template_name = "wagtail_payments/admin/payments/resend_receipts.html"
    allowed = staticmethod(may_resend_deliveries)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say how many there are to send."""
        payments, _refused = self.get_actionable_objects()
        count = _receipt_emails(payments).count()
        return {**super().get_context_data(**kwargs), "count": count}

    def get_execution_context(self) -> dict[str, Any]:
        """Say who sends them."""
        return {"user": self.request.user}

    @classmethod
    def execute_action(cls, objects: list[Payment], **kwargs: Any) -> tuple[int, int]:
        """Send them; return how many."""
        ids = [
            pk
            for pk in _receipt_emails(objects).values_list("pk", flat=True)
            if delivery_resend(delivery_id=pk, actor=kwargs["user"])
        ]
        enqueue_deliveries(ids)
        return len(ids), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """Say how many."""
        return ngettext(
            "%(count)d receipt is sent again.",
            "%(count)d receipts are sent again.",
            num_parent_objects,
        ) % {"count": num_parent_objects}


def _receipt_emails(payments: list[Payment]) -> Any:
    emails = Delivery.objects.filter(kind=DeliveryKind.RECEIPT_EMAIL, payment__in=payments)
    return emails.order_by("pk")
