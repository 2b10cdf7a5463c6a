"""The screens on which staff look at payments."""

from functools import cached_property
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic.models import InspectView
from wagtail.admin.widgets.button import Button, HeaderButton

from wagtail_payments.admin.generic.views import admin_media
from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import DisputeStatus
from wagtail_payments.models import Payment
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import (
    may_erase_payers,
    may_receive,
    may_refund,
    may_resend_deliveries,
    may_see_payer,
    visible_payments,
)
from wagtail_payments.selectors.payments.actions import payment_actions
from wagtail_payments.selectors.payments.amounts import payment_net, payments_disputed
from wagtail_payments.selectors.payments.next_steps import ACTION_LABELS, payment_next_steps
from wagtail_payments.selectors.payments.payers import payer_shown
from wagtail_payments.selectors.payments.payments import (
    payment_came_text,
    payment_dashboard_url,
    provider_is_offline,
)
from wagtail_payments.selectors.payments.related import payments_related
from wagtail_payments.selectors.payments.sale_context import sale_context
from wagtail_payments.selectors.payments.status import payment_date_text
from wagtail_payments.services.audit.log import PAYERS_SEEN, audit
from wagtail_payments.services.receipts.issue import receipt_filename
from wagtail_payments.services.receipts.pdf import receipt_pdf

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
            "offline": provider_is_offline(payment.provider),
            "refunds": payment.refunds.select_related("actor", "payment").prefetch_related("notes"),
            "disputes": payment.disputes.all(),
            "dispute_open": payment.disputes.filter(status=DisputeStatus.NEEDS_RESPONSE).exists(),
            "receipt": getattr(payment, "receipt", None),
            "receipt_url": self._receipt_url(),
            "deliveries": payment.deliveries.all(),
            "may_resend": may_resend_deliveries(self.request.user),
            "timeline": timeline(payment, self.request.user),
            "to_review": payment.review_reason and not _all_given_back(payment),
            **inspect_context(payment, self.request.user),
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


_MOST_RELATED = 5


def inspect_context(payment: Payment, user: Any) -> dict[str, Any]:
    """Return the context of these parts for ``user``, who may see ``payment``."""
    may = may_receive(user, payment)
    related = payments_related(payment, user)
    return {
        "media": admin_media(),
        **_amounts_left(payment),
        "paid_on": payment_date_text(payment) if payment.is_paid else "",
        "next_steps": [
            {
                "text": step.text,
                "action": step.action if may else "",
                "label": ACTION_LABELS.get(step.action, ""),
                "url": _url(payment, step.action) if step.action else "",
            }
            for step in payment_next_steps(payment)
        ],
        "ask_url": _url(payment, "ask") if may and "ask" in payment_actions(payment) else "",
        "sale_context": sale_context(payment, user),
        "related": list(related[:_MOST_RELATED]),
        "related_url": _all_of(payment) if may_see_payer(user, payment) else "",
    }


def _amounts_left(payment: Payment) -> dict[str, str]:
    """Return what is disputed and what is left in words, empty where there is nothing to say."""
    this = Payment.objects.filter(pk=payment.pk)
    disputed = payments_disputed(this).get(payment.pk, 0)
    net = payment_net(payment, disputed)
    return {
        "disputed": format_amount(disputed, payment.currency) if disputed else "",
        "net": "" if net is None else format_amount(net, payment.currency),
    }


def _url(payment: Payment, action: str) -> str:
    return reverse(f"wagtail_payments_payment:{action}", args=[payment.pk])


def _all_of(payment: Payment) -> str:
    """Return the list of all that was paid from this address."""
    if not payment.payer_email:
        return ""
    query = urlencode({"q": payment.payer_email})
    return f"{reverse('wagtail_payments_payment:index')}?{query}"
