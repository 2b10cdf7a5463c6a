"""Checkout Sessions: https://docs.stripe.com/api/checkout/sessions."""

from .errors import invalid, refused
from .events import emit
from .session_checks import check_metadata, check_ui, expiry, line_items
from .store import new_id


def create(fake, params):
    """Create a session; its payment intent is created by the first attempt."""
    params = {"ui_mode": "hosted_page", "currency": None, **params}
    check_ui(params)
    check_metadata(params.get("metadata", {}), "metadata")
    check_metadata(params.get("payment_intent_data", {}).get("metadata", {}), "payment_intent_data")
    if "@" not in params.get("customer_email", "@"):
        raise invalid("Invalid email address.", "customer_email", "email_invalid")
    items, currency = line_items(params)
    now = fake.clock.now()
    expires_at = expiry(params, now)
    session = {
        **base_fields(params),
        "id": new_id("cs_live" if fake.live else "cs_test"),
        "amount_subtotal": sum(item["amount_subtotal"] for item in items),
        "amount_total": sum(item["amount_total"] for item in items),
        "created": now,
        "currency": currency,
        "expires_at": expires_at,
        "livemode": fake.live,
        "payment_method_types": method_types(currency, params),
        "_items": items,
        "_intent_data": params.get("payment_intent_data", {}),
        "_pending": None,
    }
    set_url_or_secret(fake, session)
    return fake.store.add(session, fake.live)


def expire(fake, params, session):
    """Expire an open session. Raises StripeError for any other."""
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    close(fake, session, "expired")
    return session


def close(fake, session, status, payment_status="unpaid"):
    """Close a session and emit its event."""
    session.update(status=status, payment_status=payment_status, url=None)
    name = "completed" if status == "complete" else "expired"
    emit(fake, f"checkout.session.{name}", session)


def expire_overdue(fake):
    for session in fake.store.find("checkout.session", status="open"):
        if session["expires_at"] <= fake.clock.now():
            close(fake, session, "expired")


def with_session_id(url, session):
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def method_types(currency, params):
    """Return the account's payment methods; bank debits and redirects require euros."""
    offered = ["card", "sepa_debit", "ideal"] if currency == "eur" else ["card"]
    allowed = params.get("allowed_payment_method_types", offered)
    excluded = params.get("excluded_payment_method_types", ())
    return [name for name in offered if name in allowed and name not in excluded]


def set_url_or_secret(fake, session):
    """Set the hosted page's URL, or the client secret for Elements."""
    if session["ui_mode"] == "elements":
        session["client_secret"] = new_id(f"{session['id']}_secret")
    else:
        session["url"] = f"{fake.url}/pay/{session['id']}"


def base_fields(params):
    """Return the fields that are constant or come directly from the parameters."""
    email = params.get("customer_email")
    session = {
        "object": "checkout.session", "adaptive_pricing": params.get("adaptive_pricing"),
        "after_expiration": None, "allow_promotion_codes": params.get("allow_promotion_codes"),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"), "client_secret": None,
        "collected_information": None, "consent": None, "consent_collection": None,
        "currency_conversion": None, "custom_fields": [], "customer": None,
        "custom_text": dict.fromkeys(
            ["after_submit", "shipping_address", "submit", "terms_of_service_acceptance"]
        ),
        "customer_creation": "if_required", "customer_details": None, "customer_email": email,
        "discounts": [], "invoice": None, "invoice_creation": None,
        "locale": params.get("locale"), "metadata": params.get("metadata") or {},
        "mode": "payment", "payment_intent": None, "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None, "payment_method_options": {},
        "payment_status": "unpaid", "permissions": None,
        "phone_number_collection": {"enabled": False}, "recovered_from": None,
        "saved_payment_method_options": None, "setup_intent": None,
        "shipping_address_collection": None, "shipping_cost": None, "shipping_options": [],
        "status": "open", "submit_type": params.get("submit_type"), "subscription": None,
        "success_url": params.get("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": params["ui_mode"], "url": None, "wallet_options": None,
    }  # fmt: skip
    if "return_url" in params:
        session["return_url"] = params["return_url"]
    return session
