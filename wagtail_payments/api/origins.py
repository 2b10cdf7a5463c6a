"""Front ends on other origins: which may use the API. The only importer of corsheaders."""

from typing import Any

from corsheaders.signals import check_request_enabled
from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from wagtail_payments.conf import payments_conf

_GATEWAY = ["wagtail_payments", "api"]


def allow_origins() -> None:
    """Connect to the middleware of corsheaders, which asks about each request from another origin."""
    check_request_enabled.connect(cors_allowed, dispatch_uid=__name__)


def cors_allowed(sender: Any, request: HttpRequest, **kwargs: Any) -> bool:
    """Tell whether ``request`` comes from an origin in ``ALLOWED_ORIGINS``, to a URL of the API."""
    return _from_allowed_origin(request) and _to_gateway(request)


def without_credentials(request: HttpRequest) -> bool:
    """Tell whether ``request`` comes from such an origin and carries no credentials.

    Then there is nothing to forge. With a cookie of the site, the CSRF check applies.
    """
    return (
        _from_allowed_origin(request)
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and not request.user.is_authenticated
    )


def _from_allowed_origin(request: HttpRequest) -> bool:
    return request.headers.get("Origin") in payments_conf().ALLOWED_ORIGINS


def _to_gateway(request: HttpRequest) -> bool:
    try:
        match = resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return False
    return match.app_names[-2:] == _GATEWAY
