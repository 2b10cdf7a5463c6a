"""Where the API version that we pin is newer than the OpenAPI document. Each with its reason."""

# Request parameters that the installed SDK has and the document doesn't, by path.
EXTRA_PARAMS = {
    "/v1/checkout/sessions": {
        # Took the place of payment_method_types: a filter on what the account offers.
        "allowed_payment_method_types": {"type": "array", "items": {"type": "string"}},
    },
}

# What the document still allows and the pinned version refuses, by path.
REFUSED_PARAMS = {
    "/v1/checkout/sessions": {
        "payment_method_types": "it can't be sent any more; leave it out, or use "
        "allowed_payment_method_types or excluded_payment_method_types",
    },
}
