"""Sessions and payments for the tests of the fake."""


def session_params(**changes):
    """Return the parameters of a session for two tickets at €12.50."""
    ui = {"ui_mode": "elements", "return_url": "https://site.example/{CHECKOUT_SESSION_ID}/"}
    if changes.get("ui_mode") == "hosted_page":
        ui = {
            "success_url": "https://site.example/{CHECKOUT_SESSION_ID}/",
            "cancel_url": "https://site.example/ticket/",
        }
    return {
        "mode": "payment",
        "line_items": [line_item()],
        "customer_email": "zoe@example.org",
        "metadata": {"payment": "1"},
        "payment_intent_data": {"metadata": {"payment": "1"}},
        **ui,
        **changes,
    }


def line_item(unit_amount=1250, currency="eur", quantity=2):
    price = {
        "currency": currency,
        "unit_amount": unit_amount,
        "product_data": {"name": "Ticket"},
    }
    return {"quantity": quantity, "price_data": price}


def create_session(client, **changes):
    return client.v1.checkout.sessions.create(session_params(**changes))


def create_payment(fake, client, **changes):
    """Create a paid session; return the id of its payment intent."""
    session = create_session(client, **changes)
    return fake.pay(session.id)["payment_intent"]


def event_types(fake):
    return [event["type"] for event in fake.events]
