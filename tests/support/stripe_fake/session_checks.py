"""Rules for Checkout Sessions that aren't in the schema."""

from urllib.parse import urlsplit

from . import money
from .errors import invalid
from .store import new_id

SHORTEST, LONGEST = 30 * 60, 24 * 3600
SLACK = 60  # seconds, because a request takes time
NOT_WITH_ELEMENTS = (
    "after_expiration", "branding_settings", "cancel_url", "custom_fields", "custom_text",
    "optional_items", "origin_context", "submit_type", "success_url",
)  # fmt: skip
METADATA_KEYS, METADATA_NAME, METADATA_VALUE = 50, 40, 500


def check_ui(params):
    if params.get("mode") != "payment":
        raise invalid("This fake only supports the payment mode.", "mode")
    elements = params["ui_mode"] == "elements"
    unwanted = NOT_WITH_ELEMENTS if elements else ("return_url", "permissions")
    for name in unwanted:
        if name in params:
            raise invalid(f"`{name}` can't be used with ui_mode {params['ui_mode']}.", name)
    needed = "return_url" if elements else "success_url"
    if needed not in params:
        raise invalid(f"Missing required param: {needed}.", needed, "parameter_missing")
    for name in ("return_url", "success_url", "cancel_url"):
        if name in params and urlsplit(params[name]).scheme not in ("http", "https"):
            raise invalid("Not a valid URL", name, "url_invalid")


def check_metadata(metadata, param):
    if len(metadata or {}) > METADATA_KEYS:
        raise invalid("Metadata can have up to 50 keys.", param)
    for name, value in (metadata or {}).items():
        if len(name) > METADATA_NAME:
            raise invalid(f"Metadata keys can have up to 40 characters: {name}", param)
        if len(value) > METADATA_VALUE:
            raise invalid("Metadata values can have up to 500 characters.", f"{param}[{name}]")


def line_items(params):
    """Return the line items as the API shows them, and their currency."""
    if not params.get("line_items"):
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    items = [line_item(item, f"line_items[{n}]") for n, item in enumerate(params["line_items"])]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1 or (params["currency"] or min(currencies)) not in currencies:
        raise invalid("All line items must have the same currency.", "line_items")
    currency = currencies.pop()
    money.check_total(sum(item["amount_total"] for item in items), currency)
    return items, currency


def line_item(item, param):
    price = item.get("price_data")
    if price is None or "product_data" not in price or "unit_amount" not in price:
        raise invalid("This fake doesn't support prices or products: send price_data.", param)
    if item.get("quantity", 0) < 1:
        raise invalid("Quantity is required and must be at least 1.", f"{param}[quantity]")
    if price["unit_amount"] < 0:
        raise invalid(
            "Invalid non-negative integer", f"{param}[price_data][unit_amount]",
            "parameter_invalid_integer",
        )  # fmt: skip
    money.check_currency(price["currency"], f"{param}[price_data][currency]")
    currency = price["currency"].lower()
    money.check_divisible(price["unit_amount"], currency, f"{param}[price_data][unit_amount]")
    amount = price["unit_amount"] * item["quantity"]
    return {
        "id": new_id("li"), "object": "item", "adjustable_quantity": None, "amount_discount": 0,
        "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, "currency": currency,
        "description": price["product_data"]["name"], "metadata": item.get("metadata", {}),
        "price": None, "quantity": item["quantity"],
    }  # fmt: skip


def expiry(params, now):
    expires_at = params.get("expires_at", now + LONGEST)
    if not now + SHORTEST - SLACK <= expires_at <= now + LONGEST + SLACK:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
            "Session creation.",
            "expires_at",
        )
    return expires_at
