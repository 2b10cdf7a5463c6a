"""Refunds: https://docs.stripe.com/api/refunds."""

from .errors import invalid, refused
from .events import emit
from .intents import transaction
from .money import format_amount
from .session_checks import check_metadata
from .store import new_id

UNSUCCESSFUL = ("failed", "canceled")


def create(fake, params):
    """Refund a charge or payment intent; without an amount, all that is left."""
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid("One of the following params should be provided: payment_intent or charge.")
    check_metadata(params.get("metadata"), "metadata")
    charge = charge_of(fake, params)
    amount = params.get("amount", charge["amount"] - charge["amount_refunded"])
    check(charge, amount)
    return make(fake, charge, amount, params.get("metadata") or {}, params.get("reason"))


def charge_of(fake, params):
    if "charge" in params:
        return fake.store.get("charge", params["charge"], fake.live, "charge")
    reference = params["payment_intent"]
    intent = fake.store.get("payment_intent", reference, fake.live, "payment_intent")
    if intent["status"] != "succeeded":
        raise refused(
            f"This PaymentIntent ({reference}) does not have a successful charge to refund.",
            "payment_intent",
        )
    return fake.store.objects[intent["latest_charge"]]


def check(charge, amount):
    reference, left = charge["id"], charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise refused(f"Charge {reference} didn't succeed; it can't be refunded.", "charge")
    if charge["disputed"]:
        raise refused(
            f"Charge {reference} has been charged failure_transaction; cannot issue a refund.",
            code="charge_disputed",
        )
    if not left:
        raise refused(
            f"Charge {reference} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        currency = charge["currency"]
        raise refused(
            f"Refund amount ({format_amount(amount, currency)}) is greater than unrefunded amount on "
            f"charge ({format_amount(left, currency)})",
            "amount",
        )


def make(fake, charge, amount, metadata, reason=None):
    """Create a refund; even a pending one counts as refunded on the charge."""
    status = fake.refund_statuses.pop(0) if fake.refund_statuses else "succeeded"
    refund = {
        "id": new_id("re"), "object": "refund", "amount": amount, "balance_transaction": None,
        "charge": charge["id"], "created": fake.clock.now(), "currency": charge["currency"],
        "destination_details": {"type": charge["payment_method_details"]["type"]},
        "metadata": metadata, "payment_intent": charge["payment_intent"], "reason": reason,
        "receipt_number": None, "source_transfer_reversal": None, "status": status,
        "transfer_reversal": None,
    }  # fmt: skip
    if status == "pending":
        refund["pending_reason"] = "processing"
    fake.store.add(refund, charge["_live"])
    refund_transaction = transaction(fake, charge, -amount, "refund", refund["id"])
    refund["balance_transaction"] = refund_transaction["id"]
    add_refunded_amount(charge, amount)
    emit(fake, "refund.created", refund)
    emit(fake, "charge.refunded", charge)
    return refund


def add_refunded_amount(charge, amount):
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def update(fake, refund, status, failure_reason=None):
    """Set a refund's status; if it fails or is canceled, the charge can be refunded again."""
    charge = fake.store.objects[refund["charge"]]
    if status in UNSUCCESSFUL and refund["status"] not in UNSUCCESSFUL:
        add_refunded_amount(charge, -refund["amount"])
    refund["status"] = status
    refund.pop("pending_reason", None)
    if status == "failed":
        refund["failure_reason"] = failure_reason or "unknown"
        failure_transaction = transaction(
            fake, charge, refund["amount"], "refund_failure", refund["id"]
        )
        refund["failure_balance_transaction"] = failure_transaction["id"]
    emit(fake, "refund.updated", refund)
    if status == "failed":
        emit(fake, "refund.failed", refund)
