"""Payouts: https://docs.stripe.com/api/payouts."""

from .store import new_id

DAY = 86400


def make(fake, amount, currency="eur", *, status="paid", live=False):
    """Create a payout; a negative amount is withdrawn from the bank account."""
    now = fake.clock.now()
    payout = {
        "id": new_id("po"), "object": "payout", "amount": amount, "application_fee": None,
        "application_fee_amount": None, "arrival_date": (now // DAY + 2) * DAY, "automatic": True,
        "balance_transaction": None, "created": now, "currency": currency,
        "description": "STRIPE PAYOUT", "destination": None, "failure_balance_transaction": None,
        "failure_code": None, "failure_message": None, "livemode": live, "metadata": {},
        "method": "standard", "original_payout": None, "payout_method": None,
        "reconciliation_status": "completed", "reversed_by": None, "source_type": "card",
        "statement_descriptor": None, "status": status, "trace_id": None, "type": "bank_account",
    }  # fmt: skip
    return fake.store.add(payout, live)
