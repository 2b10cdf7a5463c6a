"""Errors as RFC 9457 problem details (https://www.rfc-editor.org/rfc/rfc9457)."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from ..exceptions import CheckoutRefused
from ..providers.exceptions import ProviderMisconfigured

STATUS_OF_CODE = {
    "unreadable": HTTPStatus.BAD_REQUEST,
    "placement_invalid": HTTPStatus.BAD_REQUEST,
    "attempt_invalid": HTTPStatus.BAD_REQUEST,
    "price_changed": HTTPStatus.CONFLICT,
    "sold_out": HTTPStatus.CONFLICT,
    "not_for_sale": HTTPStatus.CONFLICT,
    "attempt_conflict": HTTPStatus.CONFLICT,
    "attempt_finished": HTTPStatus.CONFLICT,
    "paid_recently": HTTPStatus.CONFLICT,
    "provider_refused": HTTPStatus.BAD_GATEWAY,
    "provider_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "csrf_failed": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
}
"""What isn't listed is an input that can be mended: 422."""


def problem_response(refused: CheckoutRefused) -> HttpResponse:
    """Return ``refused`` as a problem document."""
    status = STATUS_OF_CODE.get(refused.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    errors = [{"field": refused.field, "message": refused.message}] if refused.field else []
    return _problem(status, refused.code, refused.message, errors, refused.extra)


def register_handlers(api: NinjaAPI) -> None:
    """Make ``api`` answer our errors, and input of the wrong form, as problem documents."""

    @api.exception_handler(CheckoutRefused)
    def on_refused(request: HttpRequest, error: CheckoutRefused) -> HttpResponse:
        return problem_response(error)

    @api.exception_handler(ProviderMisconfigured)
    def on_misconfigured(request: HttpRequest, error: ProviderMisconfigured) -> HttpResponse:
        message = _("Payments aren't possible at the moment. Try again later.")
        return problem_response(CheckoutRefused("provider_unavailable", message))

    @api.exception_handler(HttpError)
    def on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        message = _("This can't be read. Reload the page and try again.")
        return problem_response(CheckoutRefused("unreadable", message))

    @api.exception_handler(ValidationError)
    def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = [str(item["loc"][-1]) for item in error.errors]
        message = _("Check this field.")
        return _problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid",
            _("Some fields can't be read. Check them and try again."),
            [{"field": field, "message": message} for field in fields],
            {},
        )


def _problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    errors: list[dict[str, str]],
    extra: dict[str, Any],
) -> HttpResponse:
    body = {
        **extra,
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        "errors": errors,
    }
    return HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")
