"""Payment methods, and what a charge tells about them."""

from .store import new_id


def card_method(fake, card):
    facts = {
        "brand": card.brand, "country": "US", "exp_month": 12, "exp_year": 2034,
        "funding": "credit", "last4": card.last4,
    }  # fmt: skip
    return method(fake, "card", {**facts, "checks": None, "display_brand": card.brand}, facts)


def debit_method(fake):
    facts = {"bank_code": "37040044", "branch_code": None, "country": "DE", "last4": "3000"}
    return method(fake, "sepa_debit", facts, {**facts, "mandate": None})


def redirect_method(fake):
    bank = {"bank": "rabobank", "bic": "RABONL2U"}
    return method(fake, "ideal", bank, {**bank, "iban_last4": "5264", "verified_name": None})


def method(fake, type, facts, details):
    """Add a payment method; ``details`` are for the charges made with it."""
    thing = {
        "id": new_id("pm"),
        "object": "payment_method",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "created": fake.clock.now(),
        "customer": None,
        "livemode": fake.live,
        "metadata": {},
        "type": type,
        type: facts,
        "_details": {"type": type, type: details},
    }
    return fake.store.add(thing, fake.live)
