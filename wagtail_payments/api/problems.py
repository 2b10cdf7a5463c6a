"""Errors as problem details of RFC 9457 (https://www.rfc-editor.org/rfc/rfc9457)."""

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from wagtail_payments.exceptions import ApiRefused, CheckoutRefused, RateLimited
from wagtail_payments.providers.exceptions import ProviderMisconfigured

MEDIA_TYPE = "application/problem+json"


STATUS_OF_CODE = {
    "unreadable": HTTPStatus.BAD_REQUEST,
    "placement_invalid": HTTPStatus.BAD_REQUEST,
    "attempt_invalid": HTTPStatus.BAD_REQUEST,
    "token_missing": HTTPStatus.UNAUTHORIZED,
    "token_invalid": HTTPStatus.UNAUTHORIZED,
    "csrf_failed": HTTPStatus.FORBIDDEN,
    "https_required": HTTPStatus.FORBIDDEN,
    "receipt_link_expired": HTTPStatus.FORBIDDEN,
    "sign_in_required": HTTPStatus.FORBIDDEN,
    "scope_missing": HTTPStatus.FORBIDDEN,
    "payer_hidden": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "price_changed": HTTPStatus.CONFLICT,
    "sold_out": HTTPStatus.CONFLICT,
    "not_for_sale": HTTPStatus.CONFLICT,
    "attempt_conflict": HTTPStatus.CONFLICT,
    "attempt_finished": HTTPStatus.CONFLICT,
    "paid_recently": HTTPStatus.CONFLICT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "unexpected": HTTPStatus.INTERNAL_SERVER_ERROR,
    "provider_refused": HTTPStatus.BAD_GATEWAY,
    "provider_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Codes that are not listed are errors in the input: 422."""


class ProblemResponse(HttpResponse):
    """A problem document. ``code`` is for the access log."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: list[dict[str, str]] | None = None,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.code = code
        status = STATUS_OF_CODE.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)
        body = {
            **(extra or {}),
            "type": "about:blank",
            "title": status.phrase,
            "status": int(status),
            "code": code,
            "detail": detail,
            "errors": errors or [],
        }
        super().__init__(
            json.dumps(body), status=status, content_type=MEDIA_TYPE, headers=headers or {}
        )


def problem_response(refused: CheckoutRefused | ApiRefused) -> ProblemResponse:
    """Return ``refused`` as a problem document."""
    if isinstance(refused, RateLimited):
        headers = {
            "Retry-After": str(refused.retry_after),
            "Access-Control-Expose-Headers": "Retry-After",
        }
        return ProblemResponse(refused.code, refused.message, headers=headers)
    if isinstance(refused, ApiRefused):
        asks = STATUS_OF_CODE[refused.code] == HTTPStatus.UNAUTHORIZED
        headers = {"WWW-Authenticate": "Bearer"} if asks else {}
        return ProblemResponse(refused.code, refused.message, headers=headers)
    errors = [{"field": refused.field, "message": refused.message}] if refused.field else []
    return ProblemResponse(refused.code, refused.message, errors=errors, extra=refused.extra)


class JsonParser(Parser):
    """A parser that accepts only bodies declared as JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the parsed body. Ninja makes any exception the cause of an HttpError."""
        if request.content_type != "application/json":
            raise ApiRefused("unsupported_media_type", _("Send JSON, as application/json."))
        return super().parse_body(request)


def _field_error(item: dict[str, Any]) -> dict[str, str]:
    """Return an error with its field. Errors in parameters are for programmers and not translated."""
    place, *_rest = names = [part for part in item["loc"] if isinstance(part, str)]
    message = item["msg"] if place == "query" else _("Check this field.")
    return {"field": names[-1], "message": message}


def not_found(message: str = "") -> ApiRefused:
    """Return the error for an object that does not exist or is not visible to the user."""
    return ApiRefused("not_found", message or _("There is nothing at this URL."))


def register_handlers(api: NinjaAPI) -> None:
    """Make ``api`` answer our exceptions and invalid input with problem documents."""

    @api.exception_handler(CheckoutRefused)
    @api.exception_handler(ApiRefused)
    def on_refused(request: HttpRequest, error: CheckoutRefused | ApiRefused) -> HttpResponse:
        return problem_response(error)

    @api.exception_handler(ProviderMisconfigured)
    def on_misconfigured(request: HttpRequest, error: ProviderMisconfigured) -> HttpResponse:
        message = _("Payments are not possible at the moment. Try again later.")
        return ProblemResponse("provider_unavailable", message)

    @api.exception_handler(HttpError)
    @api.exception_handler(UnreadablePostError)
    def on_unreadable(request: HttpRequest, error: HttpError | UnreadablePostError) -> HttpResponse:
        if isinstance(error.__cause__, ApiRefused):
            return problem_response(error.__cause__)
        message = _("The request could not be read. Reload the page and try again.")
        return ProblemResponse("unreadable", message)

    @api.exception_handler(RequestDataTooBig)
    def on_too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return ProblemResponse("too_large", _("This is too large."))

    @api.exception_handler(ValidationError)
    def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return ProblemResponse(
            "invalid",
            _("Some fields could not be read. Check them and try again."),
            errors=[_field_error(item) for item in error.errors],
        )


def https_refusal() -> HttpResponse:
    """Return the problem document."""
    return problem_response(CheckoutRefused("https_required", _("Use https.")))
