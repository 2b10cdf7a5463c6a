"""Payments made through Stripe without this package: https://docs.stripe.com/api/charges/list."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import stripe

from wagtail_payments.providers.exceptions import AnswerIncomplete
from wagtail_payments.providers.stripe.payments import INTENT_EXPAND, money_back
from wagtail_payments.providers.stripe.responses import complete, metadata_of, optional
from wagtail_payments.providers.stripe.snapshots import intent_snapshot
from wagtail_payments.providers.types import PastPayment

from .lists import PAGE, every, logger


def payments_past(client: stripe.StripeClient, since: datetime) -> Iterator[PastPayment]:
    """Yield the payments since a time, from the list of payment intents.

    Charges from before payment intents existed (2019) are not listed.
    """
    params: Any = {
        "created": {"gte": int(since.timestamp())},
        "limit": PAGE,
        "expand": [f"data.{path}" for path in INTENT_EXPAND],
    }
    for intent in every(lambda: client.v1.payment_intents.list(params)):
        if optional(intent, "status") != "succeeded":
            continue
        try:
            yield _past(client, intent)
        except AnswerIncomplete as error:
            logger.info("%s is left out: %s", intent.id, error)


def _past(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> PastPayment:
    charge: Any = intent.latest_charge
    refunds: list[stripe.Refund] = []
    disputes: list[stripe.Dispute] = []
    if optional(charge, "amount_refunded") or optional(charge, "disputed"):
        refunds, disputes = money_back(client, intent.id)
    with complete():
        billing = charge.billing_details
        return PastPayment(
            snapshot=intent_snapshot(intent, refunds, disputes),
            paid_at=datetime.fromtimestamp(charge.created, UTC),
            description=intent.description or "",
            payer_name=billing.name or "",
            payer_email=billing.email or intent.receipt_email or "",
            metadata=metadata_of(intent),
        )
