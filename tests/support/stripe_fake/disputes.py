"""Disputes: https://docs.stripe.com/api/disputes."""

from .events import emit
from .intents import transaction
from .schema import document
from .store import new_id, public

DUE = 9 * 86400
CLOSED = ("won", "lost", "warning_closed")


def make(fake, charge, amount, reason, status):
    """Open a dispute; unless it is an inquiry, its amount is withdrawn."""
    inquiry = status.startswith("warning")
    reference = new_id("du")
    dispute = {
        "id": reference, "object": "dispute", "amount": amount, "balance_transactions": [],
        "charge": charge["id"], "created": fake.clock.now(), "currency": charge["currency"],
        "enhanced_eligibility_types": [], "evidence": evidence(),
        "evidence_details": {
            "due_by": fake.clock.now() + DUE, "enhanced_eligibility": {}, "has_evidence": False,
            "past_due": False, "submission_count": 0,
        },
        "is_charge_refundable": inquiry, "livemode": charge["livemode"], "metadata": {},
        "payment_intent": charge["payment_intent"], "reason": reason, "status": status,
    }  # fmt: skip
    fake.store.add(dispute, charge["_live"])
    if not inquiry:
        charge["disputed"] = True
        move_money(fake, dispute, charge, -amount)
    emit(fake, "charge.dispute.created", dispute)
    return dispute


def update(fake, dispute, status):
    """Set a dispute's status; ``won``, ``lost`` and ``warning_closed`` close it."""
    charge = fake.store.objects[dispute["charge"]]
    dispute["status"] = status
    if status == "won":
        move_money(fake, dispute, charge, dispute["amount"])
    emit(fake, "charge.dispute.closed" if status in CLOSED else "charge.dispute.updated", dispute)


def move_money(fake, dispute, charge, amount):
    moved = transaction(fake, charge, amount, "adjustment", dispute["id"])
    dispute["balance_transactions"].append(public(moved))


def evidence():
    """Return empty evidence."""
    fields = document()["components"]["schemas"]["dispute_evidence"]["properties"]
    return {**dict.fromkeys(fields), "enhanced_evidence": {}}
