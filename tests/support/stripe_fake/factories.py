"""What the tests of the fake ask for."""


def wish(**changes):
    """Return the parameters of a session for two tickets at €12.50."""
    ui = {"ui_mode": "elements", "return_url": "https://site.example/{CHECKOUT_SESSION_ID}/"}
    if changes.get("ui_mode") == "hosted_page":
        ui = {
            "success_url": "https://site.example/{CHECKOUT_SESSION_ID}/",
            "cancel_url": "https://site.example/ticket/",
        }
    return {
        "mode": "payment",
        "line_items": [item()],
        "customer_email": "zoe@example.org",
        "metadata": {"payment": "1"},
        "payment_intent_data": {"metadata": {"payment": "1"}},
        **ui,
        **changes,
    }


def item(unit_amount=1250, currency="eur", quantity=2):
    price = {
        "currency": currency,
        "unit_amount": unit_amount,
        "product_data": {"name": "Ticket"},
    }
    return {"quantity": quantity, "price_data": price}


def opened(client, **changes):
    return client.v1.checkout.sessions.create(wish(**changes))


def paid(fake, client, **changes):
    """Return the id of a payment intent that was paid."""
    session = opened(client, **changes)
    return fake.pay(session.id)["payment_intent"]


def types(fake):
    return [event["type"] for event in fake.events]
