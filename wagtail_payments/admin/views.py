"""The screens on which staff look at payments."""

from functools import cached_property
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic.models import InspectView
from wagtail.admin.widgets.button import Button, HeaderButton

from ..conf import payments_conf
from ..enums import DisputeStatus
from ..models import Payment
from ..permissions import (
    may_erase_payers,
    may_receive,
    may_refund,
    may_resend_deliveries,
    may_see_payer,
    visible_payments,
)
from ..selectors.payers import payer_shown
from ..selectors.payments import (
    payment_actions,
    payment_came_text,
    payment_dashboard_url,
    provider_is_manual,
)
from ..services.audit import PAYERS_SEEN, audit
from ..services.receipt_pdf import receipt_pdf
from ..services.receipts import receipt_filename
from .payment_story import payment_story
from .timeline import timeline

_ACTIONS = (
    ("receive", _("Mark as received"), "check", may_receive),
    ("refund", _("Refund"), "resubmit", may_refund),
    ("cancel", _("Cancel payment"), "cross", may_receive),
    ("review", _("Reviewed: keep it"), "view", may_receive),
    ("issue_receipt", _("Issue the receipt"), "receipt", may_receive),
)


class PaymentInspectView(InspectView):
    """One payment: what was bought, by whom, and the timeline."""

    any_permission_required = ["view"]
    page_title = _("Payment")

    def get_object(self, queryset: QuerySet[Payment] | None = None) -> Payment:
        """Return the payment, or 404 for one that this user may not see."""
        payments = visible_payments(self.request.user).select_related("receipt", "payer", "site")
        return get_object_or_404(payments, pk=self.pk)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write down who was shown a payer's name and address."""
        if payments_conf().LOG_PERSONAL_DATA_VIEWS and may_see_payer(request.user, self.object):
            audit(self.object, PAYERS_SEEN)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_page_subtitle(self) -> str:
        """Return what names this payment."""
        return str(self.object)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Offer to look after the payer's data; there is nothing to edit or delete."""
        if not (may_erase_payers(self.request.user) and self.object.payer_email):
            return []
        url = f"{reverse('wagtail_payments_privacy')}?payment={self.object.public_id}"
        return [Button(str(_("Privacy")), url=url, icon_name="user")]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Return what this user may do with this payment now."""
        user, payment = self.request.user, self.object
        return [
            HeaderButton(
                label,
                url=reverse(f"wagtail_payments_payment:{action}", args=[payment.pk]),
                icon_name=icon,
            )
            for action, label, icon, may in _ACTIONS
            if action in payment_actions(payment) and may(user, payment)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the timeline and the receipt."""
        payment = self.object
        return {
            **super().get_context_data(**kwargs),
            "payment": payment,
            "came": payment_came_text(payment),
            "payer": payer_shown(payment, self.request.user),
            "dashboard_url": payment_dashboard_url(payment),
            "manual": provider_is_manual(payment.provider),
            "refunds": payment.refunds.select_related("actor", "payment").prefetch_related("notes"),
            "disputes": payment.disputes.all(),
            "dispute_open": payment.disputes.filter(status=DisputeStatus.NEEDS_RESPONSE).exists(),
            "receipt": getattr(payment, "receipt", None),
            "receipt_url": self._receipt_url(),
            "deliveries": payment.deliveries.all(),
            "may_resend": may_resend_deliveries(self.request.user),
            "timeline": timeline(payment, self.request.user),
            "to_review": payment.review_reason and not _all_given_back(payment),
            **payment_story(payment, self.request.user),
        }

    def _receipt_url(self) -> str:
        """Return where the receipt is, empty for those who may not see who paid: it says that."""
        if not may_see_payer(self.request.user, self.object):
            return ""
        return reverse("wagtail_payments_payment:receipt", args=[self.object.pk])


def _all_given_back(payment: Payment) -> bool:
    return 0 < payment.captured_amount <= payment.refunded_amount


def payment_receipt(request: HttpRequest, pk: int) -> FileResponse:
    """Let staff download the receipt of a payment that they may see; it names the payer."""
    payments = visible_payments(request.user).exclude(receipt=None).select_related("receipt")
    payment = get_object_or_404(payments, pk=pk)
    if not may_see_payer(request.user, payment):
        raise PermissionDenied
    receipt = payment.receipt
    return FileResponse(
        BytesIO(receipt_pdf(receipt)), as_attachment=True, filename=receipt_filename(receipt)
    )
