"""Requests the full state of a payment from Stripe."""

from collections.abc import Mapping
from typing import Any

import stripe

from wagtail_payments.providers.exceptions import ReferenceUnknown
from wagtail_payments.providers.types import PaymentSnapshot

from .client import ask
from .responses import complete, metadata_of, optional
from .snapshots import intent_snapshot, payment_snapshot

EXPAND = ["payment_intent.latest_charge.balance_transaction"]
INTENT_EXPAND = ["latest_charge.balance_transaction"]


def payment_retrieve(client: stripe.StripeClient, reference: str) -> PaymentSnapshot:
    """Return the state of a session, with its payment intent, charge, fee, refunds and disputes.

    Imported payments have no session of ours: their reference is the payment intent.
    """
    if reference.startswith("pi_"):
        return _intent_retrieve(client, reference)
    require_prefix(reference, "cs_")
    session = ask(lambda: client.v1.checkout.sessions.retrieve(reference, {"expand": EXPAND}))
    refunds, disputes = money_back(client, _charged(optional(session, "payment_intent")))
    with complete():
        return payment_snapshot(session, refunds, disputes)


def _intent_retrieve(client: stripe.StripeClient, reference: str) -> PaymentSnapshot:
    require_prefix(reference, "pi_")
    intent = ask(lambda: client.v1.payment_intents.retrieve(reference, {"expand": INTENT_EXPAND}))
    refunds, disputes = money_back(client, _charged(intent))
    with complete():
        return intent_snapshot(intent, refunds, disputes)


def money_back(
    client: stripe.StripeClient, intent: str | None
) -> tuple[list[stripe.Refund], list[stripe.Dispute]]:
    """Return the refunds and disputes of a charged payment intent, oldest first.

    They have lists of their own, with the newest first.
    """
    if intent is None:
        return [], []
    refunds: list[stripe.Refund] = ask(
        lambda: list(
            client.v1.refunds.list({"payment_intent": intent, "limit": 100}).auto_paging_iter()
        )
    )
    disputes: list[stripe.Dispute] = ask(
        lambda: list(
            client.v1.disputes.list({"payment_intent": intent, "limit": 100}).auto_paging_iter()
        )
    )
    return refunds[::-1], disputes[::-1]


def metadata_retrieve(client: stripe.StripeClient, reference: str) -> Mapping[str, str]:
    """Return the metadata of a payment intent."""
    require_prefix(reference, "pi_")
    intent = ask(lambda: client.v1.payment_intents.retrieve(reference))
    with complete():
        return metadata_of(intent)


def require_prefix(reference: str, prefix: str) -> None:
    """Raise ReferenceUnknown if the text cannot be an id: an empty id would return a list."""
    if not reference.startswith(prefix) or reference == prefix:
        raise ReferenceUnknown("Stripe has no such object.")


def _charged(intent: Any) -> str | None:
    """Return the id of a payment intent if it was charged."""
    charge = optional(intent, "latest_charge")
    return optional(intent, "id") if optional(charge, "status") == "succeeded" else None
