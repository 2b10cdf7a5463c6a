"""Why a payment is not finished, and the one safe action for staff."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wagtail_payments.enums import DeliveryState, DisputeStatus, PaymentStatus, RefundStatus
from wagtail_payments.models import Payment
from wagtail_payments.utils.dates import site_zone

from .actions import payment_actions
from .payments import provider_is_offline


@dataclass(frozen=True, slots=True)
class NextStep:
    """A sentence with the reason, and the name of the action, "" for waiting."""

    text: str
    action: str = ""


def payment_next_steps(payment: Payment) -> list[NextStep]:
    """Return what is unfinished about ``payment``: its money, refunds, disputes and deliveries."""
    steps = [
        _unfinished(payment),
        _refund(payment),
        _dispute(payment),
        _delivery(payment),
    ]
    return [step for step in steps if step is not None]


def _unfinished(payment: Payment) -> NextStep | None:
    if payment.is_finished:
        return None
    if payment.checkout_reference is None:
        return NextStep(
            _(
                "The provider has not opened a checkout yet, so no one can pay. It expires by itself."
            )
        )
    if provider_is_offline(payment.provider):
        return NextStep(
            _(
                "The payer pays offline, with the reference number %(reference)s. When the money has "
                "arrived, mark the payment as received."
            )
            % {"reference": payment.checkout_reference},
            "receive",
        )
    action = "refresh" if "refresh" in payment_actions(payment) else ""
    if payment.status == PaymentStatus.PROCESSING:
        return NextStep(
            _("The payer has paid, and the money is on its way. This can take a few days."), action
        )
    if payment.expires_at < timezone.now():
        return NextStep(
            _("The checkout has expired, and the provider has not reported how it ended."), action
        )
    return NextStep(
        _("The payer has not paid yet. The checkout is open until %(until)s.")
        % {"until": _moment(payment.expires_at)},
        action,
    )


def _refund(payment: Payment) -> NextStep | None:
    waiting = payment.refunds.filter(
        status__in=[RefundStatus.CREATED, RefundStatus.PENDING]
    ).first()
    if waiting is None:
        return None
    amount = {"amount": waiting.display_amount}
    if waiting.status == RefundStatus.CREATED:
        return NextStep(
            _(
                "The provider has not confirmed the refund of %(amount)s. It is retried automatically: "
                "do not refund it again."
            )
            % amount
        )
    return NextStep(_("%(amount)s is being refunded. This can take a few days.") % amount)


def _dispute(payment: Payment) -> NextStep | None:
    open_one = payment.disputes.filter(status=DisputeStatus.NEEDS_RESPONSE).first()
    if open_one is None:
        return None
    if open_one.due_by is None:
        return NextStep(_("The payer's bank wants the money back. Respond at the provider."))
    return NextStep(
        _("Respond at the provider until %(until)s: the payer's bank wants the money back.")
        % {"until": _moment(open_one.due_by)}
    )


def _delivery(payment: Payment) -> NextStep | None:
    failed = payment.deliveries.filter(state=DeliveryState.FAILED).first()
    if failed is None:
        return None
    return NextStep(
        _("This could not be sent: %(what)s. Check the reason below, fix it, and send it again.")
        % {"what": failed}
    )


def _moment(moment: datetime) -> str:
    local = timezone.localtime(moment, site_zone())
    return date_format(local, "DATETIME_FORMAT")
