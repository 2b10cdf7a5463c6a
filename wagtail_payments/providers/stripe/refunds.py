"""Refunds: https://docs.stripe.com/refunds."""

from typing import TYPE_CHECKING

import stripe

from wagtail_payments.providers.exceptions import KeyReused, ProviderRefused, ReferenceUnknown
from wagtail_payments.providers.types import RefundRequest, RefundSnapshot

from .amounts import to_stripe
from .client import ask
from .payments import require_prefix
from .responses import complete
from .snapshots import refund_snapshot

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams

# https://docs.stripe.com/error-codes, for errors whose own message does not say what to do.
REFUSALS = {
    "charge_already_refunded": "All of this payment is refunded already.",
    "charge_disputed": "The payer disputes this payment: the bank has the money. Answer the dispute "
    "in Stripe's dashboard instead.",
    "charge_not_refundable": "Stripe can't refund this payment any more.",
    "insufficient_funds": "There isn't enough money in the Stripe account. Add some, or wait for "
    "the next payments.",
}


def refund_create(client: stripe.StripeClient, request: RefundRequest) -> RefundSnapshot:
    """Refund all or a part of a payment. Raises ProviderRefused with a message for staff."""
    require_prefix(request.payment_reference, "pi_")
    params: RefundCreateParams = {
        "payment_intent": request.payment_reference,
        "amount": to_stripe(request.amount, request.currency),
        "metadata": dict(request.metadata),
    }
    if request.reason in {"duplicate", "fraudulent", "requested_by_customer"}:
        params["reason"] = request.reason
    options: stripe.RequestOptions = {"idempotency_key": request.idempotency_key}
    try:
        refund = ask(lambda: client.v1.refunds.create(params, options))
    except ProviderRefused as refusal:
        raise _explained(refusal) from None
    with complete():
        return refund_snapshot(refund)


def _explained(refusal: ProviderRefused) -> ProviderRefused:
    code = refusal.args[1] if len(refusal.args) > 1 else ""
    if isinstance(refusal, (KeyReused, ReferenceUnknown)):
        return refusal
    return ProviderRefused(REFUSALS.get(code, str(refusal.args[0])))
