"""Staff actions on payments: refund, mark as received, cancel, approve, issue a receipt, refresh."""

from typing import Any

from django.db import OperationalError
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override
from wagtail.admin import messages

from wagtail_payments.admin.audit import RefundFormatter
from wagtail_payments.enums import EventKind, EventSource, RefundStatus
from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.models import Payment, Refund
from wagtail_payments.permissions import may_receive, may_refund
from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.selectors.payments.actions import payment_actions, payment_in_other_currency
from wagtail_payments.selectors.payments.payments import payment_taken_text, provider_is_offline
from wagtail_payments.services.audit.log import STAFF_ACTIONS
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.offline import payment_cancel, payment_mark_received
from wagtail_payments.services.payments.review import payment_review
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.tasks import enqueue_deliveries, enqueue_refund

from .action_base import PaymentActionView
from .forms import NoteForm, PaymentActionForm, ReceiveForm, RefundForm, ReviewForm


class ReceiveView(PaymentActionView):
    """Marks an offline payment as received."""

    action = "receive"
    page_title = gettext_lazy("Mark as received")
    header_icon = "check"
    permission = may_receive
    event_kind = EventKind.RECEIVED
    form_class = ReceiveForm
    explanation = gettext_lazy("The payer gets the receipt by email.")

    @override
    def perform(self, **data: Any) -> None:
        applied = payment_mark_received(payment_id=self.payment.pk, actor=self.request.user, **data)
        enqueue_deliveries(applied.delivery_ids)
        messages.success(self.request, _("The payment was marked as received."))


class RefundView(PaymentActionView):
    """Refunds a payment, fully or partly."""

    action = "refund"
    page_title = gettext_lazy("Refund")
    header_icon = "resubmit"
    permission = may_refund
    event_kind = EventKind.REFUND_REQUESTED
    log_formatter = RefundFormatter
    form_class = RefundForm

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        explanation = (
            _("This only records the refund. Return the money yourself.")
            if provider_is_offline(self.payment.provider)
            else _("The money goes back to the payment method that was used. This can't be undone.")
        )
        if self.payment.payer_email and hasattr(self.payment, "receipt"):
            explanation = f"{explanation} {_('The payer gets a credit note by email.')}"
        return {**super().get_context_data(**kwargs), "explanation": explanation}

    @override
    def perform(self, **data: Any) -> None:
        refund = refund_create(payment_id=self.payment.pk, actor=self.request.user, **data)
        sent = refund_send(refund_id=refund.pk, interactive=True)
        enqueue_deliveries(sent.delivery_ids)
        enqueue_refund(refund.pk, sent.retry_at)
        self.show_result(sent.refund)

    def show_result(self, refund: Refund) -> None:
        """Add a message with the refund's status. Raises StaffRefused if it failed."""
        amounts = {"amount": refund.display_amount}
        if refund.status == RefundStatus.FAILED:
            message = _("Nothing was refunded. The provider says: %(reason)s")
            raise StaffRefused(message % {"reason": refund.failure_reason or "–"})
        if refund.status == RefundStatus.SUCCEEDED:
            messages.success(self.request, _("Refunded: %(amount)s.") % amounts)
        elif refund.status == RefundStatus.PENDING:
            messages.success(self.request, _("Refund pending: %(amount)s.") % amounts)
        else:
            message = _(
                "The provider does not respond. The refund of %(amount)s is saved and will be retried "
                "automatically. Do not refund it again."
            )
            messages.warning(self.request, message % amounts)


class CancelView(PaymentActionView):
    """Cancels an offline payment whose money doesn't arrive."""

    action = "cancel"
    page_title = gettext_lazy("Cancel payment")
    header_icon = "cross"
    permission = may_receive
    event_kind = EventKind.CANCELED
    form_class = NoteForm
    explanation = gettext_lazy("The reserved stock is available again. The payer gets no email.")

    @override
    def perform(self, **data: Any) -> None:
        applied = payment_cancel(payment_id=self.payment.pk, actor=self.request.user, **data)
        enqueue_deliveries(applied.delivery_ids)
        messages.success(self.request, _("The payment was canceled."))


class ReviewView(PaymentActionView):
    """Approves a payment that was flagged for review."""

    action = "review"
    page_title = gettext_lazy("Approve payment")
    header_icon = "view"
    permission = may_receive
    event_kind = EventKind.REVIEWED
    form_class = ReviewForm

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payment = self.payment
        reason = _("%(reason)s. Amount requested: %(requested)s. Amount charged: %(charged)s.") % {
            "reason": payment.get_review_reason_display(),
            "requested": payment.display_amount,
            "charged": payment_taken_text(payment),
        }
        alternative = (
            _("To return the money instead, refund it at the provider.")
            if payment_in_other_currency(payment)
            else _("To return the money instead, refund it.")
        )
        return {**super().get_context_data(**kwargs), "explanation": f"{reason} {alternative}"}

    @override
    def perform(self, **data: Any) -> None:
        # The form has no such field if the payment can't have a receipt.
        issue_receipt = data.get("issue_receipt", False)
        applied = payment_review(
            payment_id=self.payment.pk,
            actor=self.request.user,
            note=data["note"],
            issue_receipt=issue_receipt,
        )
        enqueue_deliveries(applied.delivery_ids)
        with_receipt = _("The payment was approved and its receipt issued.")
        without_receipt = _("The payment was approved without a receipt.")
        messages.success(self.request, with_receipt if issue_receipt else without_receipt)


class IssueReceiptView(PaymentActionView):
    """Issues a receipt that was withheld: for an old payment, or one approved without a receipt."""

    action = "issue_receipt"
    page_title = gettext_lazy("Issue the receipt")
    header_icon = "receipt"
    permission = may_receive
    form_class = NoteForm
    explanation = gettext_lazy(
        "The receipt gets the next number and today's date, and is emailed to the payer."
    )

    @override
    def perform(self, **data: Any) -> None:
        applied = payment_review(payment_id=self.payment.pk, actor=self.request.user, **data)
        enqueue_deliveries(applied.delivery_ids)
        messages.success(self.request, _("The receipt was issued."))


class RefreshView(PaymentActionView):
    """Applies the payment's current state at the provider."""

    action = "refresh"
    page_title = gettext_lazy("Refresh from provider")
    header_icon = "rotate"
    permission = may_receive
    in_header = False
    form_class = PaymentActionForm
    explanation = gettext_lazy("The payment changes only if the provider reports a new state.")

    @override
    def perform(self, **data: Any) -> None:
        if self.action not in payment_actions(self.payment):
            raise StaffRefused(_("This payment can't be refreshed from its provider."))
        try:
            applied = payment_apply(payment_id=self.payment.pk, source=EventSource.PROVIDER)
        except (ProviderError, OperationalError) as error:
            raise StaffRefused(
                _("The provider does not respond. Nothing has changed. Try again later.")
            ) from error
        enqueue_deliveries(applied.delivery_ids)
        status = {"status": applied.payment.display_status}
        if applied.payment.status == self.payment.status:
            messages.info(self.request, _("The status is unchanged: %(status)s.") % status)
        else:
            messages.success(self.request, _("The status is now: %(status)s.") % status)


PAYMENT_ACTIONS: tuple[type[PaymentActionView], ...] = (
    ReceiveView,
    RefundView,
    CancelView,
    ReviewView,
    IssueReceiptView,
    RefreshView,
)
"""All staff actions on a payment, in the order of their buttons."""


def available_actions(payment: Payment, user: Any) -> dict[str, type[PaymentActionView]]:
    """Return the actions, by name, that ``payment`` allows now and ``user`` has permission for."""
    names = payment_actions(payment)
    return {
        view.action: view
        for view in PAYMENT_ACTIONS
        if view.action in names and view.permission(user, payment)
    }


def action_url(payment: Payment, action: str) -> str:
    """Return the URL of an action on ``payment``."""
    return reverse(f"wagtail_payments_payment:{action}", args=[payment.pk])


def action_urlpatterns() -> list[URLPattern]:
    """Return a URL pattern for each action."""
    return [
        path(f"<int:pk>/{view.action.replace('_', '-')}/", view.as_view(), name=view.action)
        for view in PAYMENT_ACTIONS
    ]


def register_log_actions(log_actions: Any) -> None:
    """Register the actions' entries with Wagtail's audit log."""
    for view in PAYMENT_ACTIONS:
        if view.event_kind is None:
            continue
        name = STAFF_ACTIONS[view.event_kind]
        if view.log_formatter:
            log_actions.register_action(name)(view.log_formatter)
        else:
            log_actions.register_action(name, view.page_title, view.event_kind.label)
