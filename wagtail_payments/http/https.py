"""https only: what comes by plain HTTP is sent to https, or refused."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from wagtail_payments.conf import HTTPS_REFUSAL, https_required

View = TypeVar("View", bound=Callable[..., Any])

logger = logging.getLogger(__name__)


def refusal() -> HttpResponse:
    """Return the plain answer to what may not come by plain HTTP."""
    return HttpResponse(HTTPS_REFUSAL, status=403, content_type="text/plain")


def https_only(view: View, refuse: Callable[[], HttpResponse] = refusal) -> View:
    """Keep plain HTTP from ``view``: GET and HEAD are redirected, anything else gets ``refuse()``.

    So does what carries a token: whoever follows the redirect would send it in clear time and again.

    The redirect isn't permanent, so that no browser remembers a mistake in the proxy's settings.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.is_secure() or not https_required():
            return view(request, *args, **kwargs)
        response = _redirect(request) if _may_follow(request) else refuse()
        # The address may hold a secret.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return wrapped  # type: ignore[return-value]


def _may_follow(request: HttpRequest) -> bool:
    if request.method not in {"GET", "HEAD"} or "Authorization" in request.headers:
        return False
    return not _would_loop(request)


def _redirect(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"https://{request.get_host()}{request.get_full_path()}")


def _would_loop(request: HttpRequest) -> bool:
    """Tell whether a proxy says that this came by https, to a site that isn't told to believe it."""
    loops = request.headers.get("X-Forwarded-Proto", "").lower() == "https"
    if loops:
        logger.error(
            "A request that came by https, as X-Forwarded-Proto says, was refused: "
            "set SECURE_PROXY_SSL_HEADER; see docs/how-to/https.md."
        )
    return loops
