"""The OpenAPI 3.1 document of the API."""

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI

from .problems import MEDIA_TYPE

_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "In how many seconds.", "schema": {"type": "integer"}}},
}
_CSRF: dict[str, Any] = {
    "name": "X-CSRFToken",
    "in": "header",
    "required": False,
    "description": "The token that `config/` answers; its cookie is sent along. "
    "Without cookies, from an origin in ALLOWED_ORIGINS, none is needed.",
    "schema": {"type": "string"},
}


class PaymentsAPI(NinjaAPI):
    """An API that documents its errors: problem documents with their headers."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """Return the document."""
        document = super().get_openapi_schema(**kwargs)
        for path in document["paths"].values():
            for method, operation in path.items():
                _describe(method, operation)
        return document


def _describe(method: str, operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        if status >= HTTPStatus.BAD_REQUEST:
            response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
            response["headers"] = _HEADERS.get(status, {})
    if method == "post":
        operation["parameters"].append(_CSRF)
