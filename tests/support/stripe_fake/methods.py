"""Payment methods, and their details in charges."""

from .store import new_id


def card_method(fake, card):
    fields = {
        "brand": card.brand, "country": "US", "exp_month": 12, "exp_year": 2034,
        "funding": "credit", "last4": card.last4,
    }  # fmt: skip
    return method(fake, "card", {**fields, "checks": None, "display_brand": card.brand}, fields)


def debit_method(fake):
    fields = {"bank_code": "37040044", "branch_code": None, "country": "DE", "last4": "3000"}
    return method(fake, "sepa_debit", fields, {**fields, "mandate": None})


def redirect_method(fake):
    bank = {"bank": "rabobank", "bic": "RABONL2U"}
    return method(fake, "ideal", bank, {**bank, "iban_last4": "5264", "verified_name": None})


def method(fake, type, fields, details):
    """Add a payment method; ``details`` are for the charges made with it."""
    obj = {
        "id": new_id("pm"),
        "object": "payment_method",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "created": fake.clock.now(),
        "customer": None,
        "livemode": fake.live,
        "metadata": {},
        "type": type,
        type: fields,
        "_details": {"type": type, type: details},
    }
    return fake.store.add(obj, fake.live)
