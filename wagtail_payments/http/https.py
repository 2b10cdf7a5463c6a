"""Refuses plain HTTP for the API and webhooks."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from wagtail_payments.conf import HTTPS_REFUSAL, https_required

View = TypeVar("View", bound=Callable[..., Any])

logger = logging.getLogger(__name__)


def refusal() -> HttpResponse:
    """Return the plain-text answer to plain HTTP."""
    return HttpResponse(HTTPS_REFUSAL, status=403, content_type="text/plain")


def https_only(view: View, refuse: Callable[[], HttpResponse] = refusal) -> View:
    """Answer plain HTTP with ``refuse()``, for views that programs call.

    A program that is redirected would send its token in plain text with every call.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.is_secure() or not https_required():
            return view(request, *args, **kwargs)
        _log_untrusted_proxy(request)
        return refuse()

    return wrapped  # type: ignore[return-value]


def _log_untrusted_proxy(request: HttpRequest) -> None:
    """Log an error if a proxy reports https and Django does not trust it."""
    if request.headers.get("X-Forwarded-Proto", "").lower() == "https":
        logger.error(
            "A request that came by https, as X-Forwarded-Proto says, was refused: "
            "set SECURE_PROXY_SSL_HEADER; see docs/how-to/https.md."
        )
