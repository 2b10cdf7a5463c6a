"""Differences between the pinned API version and the older OpenAPI document."""

# Request parameters that the installed SDK has and the document doesn't, by path.
EXTRA_PARAMS = {
    "/v1/checkout/sessions": {
        # Replaces payment_method_types: filters the account's methods.
        "allowed_payment_method_types": {"type": "array", "items": {"type": "string"}},
    },
}

# Request parameters that the document has and the pinned version refuses, by path.
REFUSED_PARAMS = {
    "/v1/checkout/sessions": {
        "payment_method_types": "it can't be sent any more; leave it out, or use "
        "allowed_payment_method_types or excluded_payment_method_types",
    },
}
