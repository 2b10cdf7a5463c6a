"""Stripe's errors, as https://docs.stripe.com/api/errors and /error-codes show them."""


class StripeError(Exception):
    """``kept`` tells whether the idempotency key remembers this answer."""

    def __init__(
        self, status, message, *, type="invalid_request_error", kept=False, headers=None, **more
    ):
        super().__init__(message)
        self.status = status
        self.kept = kept
        self.headers = headers or {}
        self.facts = {"message": message, "type": type, **more}

    def body(self, request_id, live):
        """Return the JSON answer."""
        error = {name: value for name, value in self.facts.items() if value is not None}
        if code := error.get("code"):
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        mode = "" if live else "test/"
        error["request_log_url"] = f"https://dashboard.stripe.com/{mode}logs/{request_id}"
        return {"error": error}


def invalid(message, param=None, code=None):
    """The parameters can't be right: nothing was begun, so the key isn't used up."""
    return StripeError(400, message, param=param, code=code)


def refused(message, param=None, code=None, **more):
    """The request was understood and the answer is no; the key remembers that."""
    return StripeError(400, message, param=param, code=code, kept=True, **more)


def missing(kind, reference, param, other_mode=None):
    """There is no such object, or only in the other mode."""
    message = f"No such {kind}: '{reference}'"
    if other_mode:
        mine = "test" if other_mode == "live" else "live"
        message += (
            f"; a similar object exists in {other_mode} mode, "
            f"but a {mine} mode key was used to make this request."
        )
    return StripeError(404, message, code="resource_missing", param=param)
