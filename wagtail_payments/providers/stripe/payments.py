"""Asks Stripe for everything that hangs on a payment."""

from collections.abc import Mapping

import stripe

from ..exceptions import ReferenceUnknown
from ..types import PaymentSnapshot
from .answers import complete, metadata_of, optional
from .client import ask
from .snapshots import payment_snapshot

EXPAND = ["payment_intent.latest_charge.balance_transaction"]


def payment_retrieve(client: stripe.StripeClient, reference: str) -> PaymentSnapshot:
    """Return the state of a session, with its payment intent, charge, fee, refunds and disputes.

    Refunds and disputes have lists of their own, which are asked for only when there was a charge.
    """
    require_prefix(reference, "cs_")
    session = ask(lambda: client.v1.checkout.sessions.retrieve(reference, {"expand": EXPAND}))
    refunds: list[stripe.Refund] = []
    disputes: list[stripe.Dispute] = []
    if intent := _charged_intent(session):
        refunds = ask(
            lambda: list(
                client.v1.refunds.list({"payment_intent": intent, "limit": 100}).auto_paging_iter()
            )
        )
        disputes = ask(
            lambda: list(
                client.v1.disputes.list({"payment_intent": intent, "limit": 100}).auto_paging_iter()
            )
        )
    with complete():
        # Stripe lists the newest first.
        return payment_snapshot(session, refunds[::-1], disputes[::-1])


def metadata_retrieve(client: stripe.StripeClient, reference: str) -> Mapping[str, str]:
    """Return the metadata of a payment intent."""
    require_prefix(reference, "pi_")
    intent = ask(lambda: client.v1.payment_intents.retrieve(reference))
    with complete():
        return metadata_of(intent)


def require_prefix(reference: str, prefix: str) -> None:
    """Raise ReferenceUnknown for what can't be one: Stripe would answer an empty id with a list."""
    if not reference.startswith(prefix) or reference == prefix:
        raise ReferenceUnknown("Stripe has no such object.")


def _charged_intent(session: stripe.checkout.Session) -> str | None:
    """Return the id of a session's payment intent if it was charged."""
    intent = optional(session, "payment_intent")
    charge = optional(intent, "latest_charge")
    return optional(intent, "id") if optional(charge, "status") == "succeeded" else None
