"""A payment's page, and the download of its receipt."""

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
from typing_extensions import override
from wagtail.admin.views.generic.models import InspectView
from wagtail.admin.widgets.button import Button, HeaderButton

from wagtail_payments.admin.generic.views import admin_media
from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import DisputeStatus
from wagtail_payments.models import Payment
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import (
    may_erase_payers,
    may_resend_deliveries,
    may_see_payer,
    visible_payments,
)
from wagtail_payments.selectors.payments.amounts import payment_net, payments_disputed
from wagtail_payments.selectors.payments.next_steps import NextStep, payment_next_steps
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

from .action_base import PaymentActionView
from .actions import RefreshView, action_url, available_actions
from .timeline import timeline


class PaymentInspectView(InspectView):
    """The page of one payment."""

    any_permission_required = ["view"]
    page_title = _("Payment")

    @override
    def get_object(self, queryset: QuerySet[Payment] | None = None) -> Payment:
        payments = visible_payments(self.request.user).select_related("receipt", "payer", "site")
        return get_object_or_404(payments, pk=self.pk)

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if payments_conf().LOG_PERSONAL_DATA_VIEWS and may_see_payer(request.user, self.object):
            audit(self.object, PAYERS_SEEN)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    @override
    def get_page_subtitle(self) -> str:
        return str(self.object)

    @cached_property
    @override
    def header_more_buttons(self) -> list[Button]:
        if not (may_erase_payers(self.request.user) and self.object.payer_email):
            return []
        url = f"{reverse('wagtail_payments_privacy')}?payment={self.object.public_id}"
        return [Button(str(_("Privacy")), url=url, icon_name="user")]

    @cached_property
    @override
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(
                view.page_title,
                url=action_url(self.object, view.action),
                icon_name=view.header_icon,
            )
            for view in available_actions(self.object, self.request.user).values()
            if view.in_header
        ]

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payment = self.object
        return {
            **super().get_context_data(**kwargs),
            "payment": payment,
            "gross": payment_came_text(payment),
            "payer": payer_shown(payment, self.request.user),
            "dashboard_url": payment_dashboard_url(payment),
            "offline": provider_is_offline(payment.provider),
            "refunds": payment.refunds.select_related("actor", "payment").prefetch_related(
                "credit_notes"
            ),
            "disputes": payment.disputes.all(),
            "dispute_open": payment.disputes.filter(status=DisputeStatus.NEEDS_RESPONSE).exists(),
            "receipt": getattr(payment, "receipt", None),
            "receipt_url": self._receipt_url(),
            "deliveries": payment.deliveries.all(),
            "may_resend": may_resend_deliveries(self.request.user),
            "timeline": timeline(payment, self.request.user),
            "to_review": payment.review_reason and not _fully_refunded(payment),
            **inspect_context(payment, self.request.user),
        }

    def _receipt_url(self) -> str:
        """Return the URL of the receipt, empty for users who can't see the payer, whom it names."""
        if not may_see_payer(self.request.user, self.object):
            return ""
        return reverse("wagtail_payments_payment:receipt", args=[self.object.pk])


def _fully_refunded(payment: Payment) -> bool:
    return 0 < payment.captured_amount <= payment.refunded_amount


def payment_receipt(request: HttpRequest, pk: int) -> FileResponse:
    """Return the receipt as a PDF, to users who can see the payment and its payer."""
    payments = visible_payments(request.user).exclude(receipt=None).select_related("receipt")
    payment = get_object_or_404(payments, pk=pk)
    if not may_see_payer(request.user, payment):
        raise PermissionDenied
    receipt = payment.receipt
    return FileResponse(
        BytesIO(receipt_pdf(receipt)), as_attachment=True, filename=receipt_filename(receipt)
    )


_MAX_RELATED = 5


def inspect_context(payment: Payment, user: Any) -> dict[str, Any]:
    """Return what the page shows besides the payment itself: next steps, sale, related payments."""
    actions = available_actions(payment, user)
    related = payments_related(payment, user)
    return {
        "media": admin_media(),
        **_amounts_left(payment),
        "paid_on": payment_date_text(payment) if payment.is_paid else "",
        "next_steps": [
            _next_step(payment, step, actions.get(step.action))
            for step in payment_next_steps(payment)
        ],
        "refresh": _button(payment, RefreshView) if RefreshView.action in actions else None,
        "sale_context": sale_context(payment, user),
        "related": list(related[:_MAX_RELATED]),
        "related_url": _related_url(payment) if may_see_payer(user, payment) else "",
    }


def _amounts_left(payment: Payment) -> dict[str, str]:
    """Return the disputed amount and the net amount, empty if there is none."""
    payments = Payment.objects.filter(pk=payment.pk)
    disputed = payments_disputed(payments).get(payment.pk, 0)
    net = payment_net(payment, disputed)
    return {
        "disputed": format_amount(disputed, payment.currency) if disputed else "",
        "net": "" if net is None else format_amount(net, payment.currency),
    }


def _next_step(
    payment: Payment, step: NextStep, view: type[PaymentActionView] | None
) -> dict[str, Any]:
    return {"text": step.text, "button": _button(payment, view) if view else None}


def _button(payment: Payment, view: type[PaymentActionView]) -> dict[str, Any]:
    return {
        "label": view.page_title,
        "url": action_url(payment, view.action),
        # Refreshing needs no more data, so its button submits a form.
        "post": view is RefreshView,
    }


def _related_url(payment: Payment) -> str:
    """Return the URL of the list of payments with the same email address."""
    if not payment.payer_email:
        return ""
    query = urlencode({"q": payment.payer_email})
    return f"{reverse('wagtail_payments_payment:index')}?{query}"
