"""Stripe's errors: https://docs.stripe.com/api/errors and /error-codes."""


class StripeError(Exception):
    """``stored``: whether the idempotency key stores this response."""

    def __init__(
        self, status, message, *, type="invalid_request_error", stored=False, headers=None, **more
    ):
        super().__init__(message)
        self.status = status
        self.stored = stored
        self.headers = headers or {}
        self.fields = {"message": message, "type": type, **more}

    def body(self, request_id, live):
        """Return the JSON response."""
        error = {name: value for name, value in self.fields.items() if value is not None}
        if code := error.get("code"):
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        mode = "" if live else "test/"
        error["request_log_url"] = f"https://dashboard.stripe.com/{mode}logs/{request_id}"
        return {"error": error}


def invalid(message, param=None, code=None):
    """Return an error for invalid parameters, which the idempotency key doesn't store."""
    return StripeError(400, message, param=param, code=code)


def refused(message, param=None, code=None, **more):
    """Return an error for a refused request, which the idempotency key stores."""
    return StripeError(400, message, param=param, code=code, stored=True, **more)


def missing(kind, reference, param, other_mode=None):
    """Return an error for an object that doesn't exist in this mode."""
    message = f"No such {kind}: '{reference}'"
    if other_mode:
        mode = "test" if other_mode == "live" else "live"
        message += (
            f"; a similar object exists in {other_mode} mode, "
            f"but a {mode} mode key was used to make this request."
        )
    return StripeError(404, message, code="resource_missing", param=param)
