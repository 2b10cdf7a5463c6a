"""Payment intents, charges and balance transactions."""

from .events import emit
from .store import new_id

FEE_PER_MILLE, FEE_FIXED = 15, 25
RATE = 2  # the exchange rate for accounts that settle in another currency


def intent_of(fake, session):
    """Return the session's payment intent; the first attempt creates it."""
    if session["payment_intent"]:
        return fake.store.objects[session["payment_intent"]]
    intent = fake.store.add(new_intent(fake, session), session["_live"])
    session["payment_intent"] = intent["id"]
    emit(fake, "payment_intent.created", intent)
    return intent


def new_intent(fake, session):
    data = session["_intent_data"]
    reference = new_id("pi")
    return {
        "id": reference, "object": "payment_intent", "amount": session["amount_total"],
        "amount_capturable": 0, "amount_details": {"tip": {}}, "amount_received": 0,
        "application": None, "application_fee_amount": None, "automatic_payment_methods": None,
        "canceled_at": None, "cancellation_reason": None, "capture_method": "automatic_async",
        "client_secret": new_id(f"{reference}_secret"), "confirmation_method": "automatic",
        "created": fake.clock.now(), "currency": session["currency"], "customer": None,
        "description": data.get("description"), "last_payment_error": None,
        "latest_charge": None, "livemode": session["livemode"],
        "metadata": dict(data.get("metadata") or {}), "next_action": None, "on_behalf_of": None,
        "payment_method": None, "payment_method_configuration_details": None,
        "payment_method_options": {}, "payment_method_types": session["payment_method_types"],
        "processing": None, "receipt_email": data.get("receipt_email"), "review": None,
        "setup_future_usage": None, "shipping": None, "statement_descriptor": None,
        "statement_descriptor_suffix": None, "status": "requires_payment_method",
        "transfer_data": None, "transfer_group": None,
    }  # fmt: skip


def new_charge(fake, intent, method, status):
    """Add a charge with ``status`` (succeeded, pending or failed) to an intent."""
    paid = status != "failed"
    charge = {
        "id": new_id("ch" if method["type"] == "card" else "py"), "object": "charge",
        "amount": intent["amount"], "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0, "application": None, "application_fee": None,
        "application_fee_amount": None, "balance_transaction": None,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "calculated_statement_descriptor": "THE ORCHARD", "captured": paid,
        "created": fake.clock.now(), "currency": intent["currency"], "customer": None,
        "description": intent["description"], "disputed": False,
        "failure_balance_transaction": None, "failure_code": None, "failure_message": None,
        "fraud_details": {}, "livemode": intent["livemode"],
        "metadata": dict(intent["metadata"]), "on_behalf_of": None,
        "outcome": outcome("authorized"), "paid": paid, "payment_intent": intent["id"],
        "payment_method": method["id"], "payment_method_details": method["_details"],
        "radar_options": {}, "receipt_email": None, "receipt_number": None,
        "receipt_url": None, "refunded": False, "review": None, "shipping": None,
        "source_transfer": None, "statement_descriptor": None,
        "statement_descriptor_suffix": None, "status": status, "transfer_data": None,
        "transfer_group": None,
    }  # fmt: skip
    intent.update(latest_charge=charge["id"], payment_method=method["id"], next_action=None)
    return fake.store.add(charge, intent["_live"])


def outcome(type, reason=None):
    return {
        "network_status": "approved_by_network" if reason is None else "declined_by_network",
        "reason": reason,
        "seller_message": "Payment complete." if reason is None else "The bank declined it.",
        "type": type,
    }


def add_fee(fake, charge):
    """Add the charge's balance transaction, which has the fee."""
    charge["balance_transaction"] = transaction(fake, charge, charge["amount"], "charge")["id"]


def transaction(fake, charge, amount, type, source=None):
    """Add a balance transaction, in the currency that the account settles in."""
    currency = fake.settles_in or charge["currency"]
    rate = None if currency == charge["currency"] else RATE
    amount *= rate or 1
    fee = (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED if type == "charge" else 0
    obj = {
        "id": new_id("txn"), "object": "balance_transaction", "amount": amount,
        "available_on": fake.clock.now() + 7 * 86400, "balance_type": "payments",
        "created": fake.clock.now(), "currency": currency, "description": None,
        "exchange_rate": rate, "fee": fee, "fee_details": fee_details(fee, currency),
        "net": amount - fee, "reporting_category": type, "source": source or charge["id"],
        "status": "pending", "type": type,
    }  # fmt: skip
    return fake.store.add(obj, charge["_live"])


def fee_details(fee, currency):
    if not fee:
        return []
    return [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
