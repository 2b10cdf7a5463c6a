"""The screens on which staff do something with a payment: refund, receive, cancel, review."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from wagtail_payments.admin.generic.confirm import FormConfirmView
from wagtail_payments.enums import EventSource, RefundStatus
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Payment, Refund
from wagtail_payments.permissions import may_receive, may_refund, visible_payments
from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.selectors.payments.actions import payment_actions, payment_in_other_currency
from wagtail_payments.selectors.payments.payments import payment_taken_text, provider_is_offline
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.offline import payment_cancel, payment_mark_received
from wagtail_payments.services.payments.review import payment_review
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.tasks import enqueue_deliveries, enqueue_refund

from .forms import (
    CancelForm,
    IssueReceiptForm,
    PaymentActionForm,
    ReceiveForm,
    RefundForm,
    ReviewForm,
)


class PaymentActionView(FormConfirmView):
    """Ask for what is missing, do it, and go back to the payment."""

    action: ClassVar[str]
    may: ClassVar[Callable[[Any, Payment], bool]]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the payment, which has to be one that this user may see."""
        super().setup(request, *args, **kwargs)
        self.payment = get_object_or_404(visible_payments(request.user), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse those who may not, and say so when there is nothing to do any more."""
        if not type(self).may(request.user, self.payment):
            raise PermissionDenied
        if request.method == "GET" and self.action not in payment_actions(self.payment):
            messages.error(request, _("This can't be done with this payment any more."))
            return self.back()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form its payment."""
        return {**super().get_form_kwargs(), "payment": self.payment}

    def form_valid(self, form: Any) -> HttpResponse:
        """Do it; a refusal is shown where it belongs, and loses nothing that was typed."""
        try:
            self.perform(**form.cleaned_data)
        except StaffRefused as error:
            form.add_error(error.field or None, error.message)
            form.renew()
            return self.form_invalid(form)
        return self.back()

    def perform(self, **data: Any) -> None:
        """Do what the form says. Raises StaffRefused."""
        raise NotImplementedError

    def back(self) -> HttpResponse:
        """Return to the payment's page."""
        return redirect("wagtail_payments_payment:inspect", self.payment.pk)

    def get_page_subtitle(self) -> str:
        """Return what names the payment."""
        return str(self.payment)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the payment and the list."""
        index = reverse("wagtail_payments_payment:index")
        inspect = reverse("wagtail_payments_payment:inspect", args=[self.payment.pk])
        return [
            *self.breadcrumbs_items,
            {"url": index, "label": _("Payments")},
            {"url": inspect, "label": str(self.payment)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the payment."""
        return {**super().get_context_data(**kwargs), "payment": self.payment}


class RefundView(PaymentActionView):
    """Give money back, all or a part."""

    page_title = gettext_lazy("Refund")
    header_icon = "resubmit"
    action = "refund"
    may = may_refund
    form_class = RefundForm
    submit_label = gettext_lazy("Refund")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say who gives the money back, and that the payer hears of it."""
        offline = provider_is_offline(self.payment.provider)
        explanation = (
            _("Give the money back yourself: this only writes it down.")
            if offline
            else _("The money goes back the way it came. This can't be undone.")
        )
        if self.payment.payer_email and hasattr(self.payment, "receipt"):
            reported = _("The payer gets a credit note by e-mail.")
            explanation = f"{explanation} {reported}"
        return {**super().get_context_data(**kwargs), "explanation": explanation}

    def perform(self, **data: Any) -> None:
        """Write the refund down, send it, and say how it went."""
        refund = refund_create(payment_id=self.payment.pk, actor=self.request.user, **data)
        sent = refund_send(refund_id=refund.pk, interactive=True)
        enqueue_deliveries(sent.delivery_ids)
        enqueue_refund(refund.pk, sent.retry_at)
        self.show_result(sent.refund)

    def show_result(self, refund: Refund) -> None:
        """Say how it went; a refusal is raised, so that the form can be mended."""
        amounts = {"amount": refund.display_amount}
        if refund.status == RefundStatus.FAILED:
            message = _("Nothing was given back. The provider says: %(reason)s")
            raise StaffRefused(message % {"reason": refund.failure_reason or "–"})
        if refund.status == RefundStatus.SUCCEEDED:
            messages.success(self.request, _("Refunded: %(amount)s.") % amounts)
        elif refund.status == RefundStatus.PENDING:
            messages.success(self.request, _("On its way back: %(amount)s.") % amounts)
        else:
            message = _(
                "The provider doesn't answer. The refund of %(amount)s is kept and sent again by "
                "itself: don't refund it once more."
            )
            messages.warning(self.request, message % amounts)


class ReceiveView(PaymentActionView):
    """Mark a payment as received that came outside any provider."""

    page_title = gettext_lazy("Mark as received")
    header_icon = "check"
    action = "receive"
    may = may_receive
    form_class = ReceiveForm
    submit_label = gettext_lazy("Mark as received")
    explanation = gettext_lazy("The payer gets the receipt by e-mail.")

    def perform(self, **data: Any) -> None:
        """Mark it."""
        applied = payment_mark_received(payment_id=self.payment.pk, actor=self.request.user, **data)
        enqueue_deliveries(applied.delivery_ids)
        messages.success(self.request, _("The payment is marked as received."))


class CancelView(PaymentActionView):
    """Give up a payment that never came."""

    page_title = gettext_lazy("Cancel payment")
    header_icon = "cross"
    action = "cancel"
    may = may_receive
    form_class = CancelForm
    submit_label = gettext_lazy("Cancel payment")
    explanation = gettext_lazy("The stock that it held is for sale again. The payer isn't told.")

    def perform(self, **data: Any) -> None:
        """Cancel it."""
        applied = payment_cancel(payment_id=self.payment.pk, actor=self.request.user, **data)
        enqueue_deliveries(applied.delivery_ids)
        messages.success(self.request, _("The payment is canceled."))


class ReviewView(PaymentActionView):
    """Keep a payment that was flagged, once somebody has looked at it."""

    page_title = gettext_lazy("Reviewed: keep it")
    header_icon = "view"
    action = "review"
    may = may_receive
    form_class = ReviewForm
    submit_label = gettext_lazy("Keep it")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say why it was flagged, and what came."""
        payment = self.payment
        foreign = _(
            "Flagged because: %(reason)s. It was asked for %(asked)s; the provider took %(taken)s. To "
            "give the money back instead, refund it at the provider."
        )
        ours = _(
            "Flagged because: %(reason)s. It was asked for %(asked)s; the provider took %(taken)s. To "
            "give the money back instead, refund it."
        )
        explanation = (foreign if payment_in_other_currency(payment) else ours) % {
            "reason": payment.get_review_reason_display(),
            "asked": payment.display_amount,
            "taken": payment_taken_text(payment),
        }
        return {**super().get_context_data(**kwargs), "explanation": explanation}

    def perform(self, **data: Any) -> None:
        """Write it down, and issue the receipt."""
        # Where it can't have one, the form doesn't ask.
        issue_receipt = data.get("issue_receipt", False)
        applied = payment_review(
            payment_id=self.payment.pk,
            actor=self.request.user,
            note=data["note"],
            issue_receipt=issue_receipt,
        )
        enqueue_deliveries(applied.delivery_ids)
        with_receipt = _("The payment is kept, and has its receipt.")
        without = _("The payment is kept, without a receipt.")
        messages.success(self.request, with_receipt if issue_receipt else without)


class IssueReceiptView(PaymentActionView):
    """Issue a receipt that was held back: of money of long ago, or kept without one."""

    page_title = gettext_lazy("Issue the receipt")
    header_icon = "receipt"
    action = "issue_receipt"
    may = may_receive
    form_class = IssueReceiptForm
    submit_label = gettext_lazy("Issue the receipt")
    explanation = gettext_lazy(
        "It gets the next number, with today's date, and goes to the payer by e-mail."
    )

    def perform(self, **data: Any) -> None:
        """Issue it."""
        applied = payment_review(payment_id=self.payment.pk, actor=self.request.user, **data)
        enqueue_deliveries(applied.delivery_ids)
        messages.success(self.request, _("The receipt is issued."))


class RefreshView(PaymentActionView):
    """Ask, and apply what is answered."""

    page_title = gettext_lazy("Ask the provider")
    header_icon = "rotate"
    action = "ask"
    may = may_receive
    form_class = PaymentActionForm
    submit_label = gettext_lazy("Ask the provider now")
    explanation = gettext_lazy("Nothing but the provider's own word changes the payment.")

    def perform(self, **data: object) -> None:
        """Ask, and say what came of it."""
        if self.action not in payment_actions(self.payment):
            raise StaffRefused(_("This provider can't be asked about this payment."))
        try:
            applied = payment_apply(payment_id=self.payment.pk, source=EventSource.PROVIDER)
        except (ProviderError, OperationalError) as error:
            raise StaffRefused(
                _("The provider doesn't answer. Nothing has changed: try it later.")
            ) from error
        enqueue_deliveries(applied.delivery_ids)
        status = {"status": applied.payment.display_status}
        if applied.payment.status == self.payment.status:
            messages.info(self.request, _("The provider says the same: %(status)s.") % status)
        else:
            messages.success(self.request, _("The provider says: %(status)s.") % status)
