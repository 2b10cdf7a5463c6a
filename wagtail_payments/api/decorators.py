"""What all operations of the API share: rate limits, problem documents, the access log."""

import logging
from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from wagtail_payments.exceptions import RateLimited
from wagtail_payments.http.rate_limits import limit_request

from .access_log import access_log
from .problems import ProblemResponse, not_found, problem_response

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]

_SAFE = ("GET", "HEAD")


def api_view(view: View, *, operation: str) -> View:
    """Wrap an operation of the API. ``operation`` is its name in logs.

    Django's CSRF check would answer with a page, so operations that write check it themselves.
    """

    @csrf_exempt
    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        started = perf_counter()
        response = _answer(view, operation, request, *args, **kwargs)
        access_log(
            request,
            response,
            operation=operation,
            link="token" in kwargs,
            latency_ms=(perf_counter() - started) * 1000,
        )
        return response

    return gated


def unknown(request: HttpRequest) -> HttpResponse:
    """Answer requests to unknown URLs."""
    raise Http404


def safe_only(view: View) -> View:
    """Allow only GET and HEAD."""

    @wraps(view)
    def safe(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in _SAFE:
            return HttpResponseNotAllowed(_SAFE)
        return view(request, *args, **kwargs)

    return safe


def _answer(
    view: View, operation: str, request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    try:
        limit_request(request)
        response = _called(view, request, *args, **kwargs)
    except RateLimited as error:
        return problem_response(error)
    except Http404:
        return problem_response(not_found())
    except Exception as error:
        if settings.DEBUG:
            raise
        return _unexpected(request, operation, error)
    return _not_allowed(response) if isinstance(response, HttpResponseNotAllowed) else response


def _called(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Call ``view``; HEAD is treated as GET, whose body the web server removes."""
    method, request.method = request.method, "GET" if request.method == "HEAD" else request.method
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = method


def _not_allowed(response: HttpResponse) -> HttpResponse:
    methods = {name.strip() for name in response.headers["Allow"].split(",")}
    allowed = methods | {"HEAD"} if "GET" in methods else methods
    return ProblemResponse(
        "method_not_allowed",
        _("This URL does not allow this method."),
        headers={"Allow": ", ".join(sorted(allowed))},
    )


def _unexpected(request: HttpRequest, operation: str, error: Exception) -> HttpResponse:
    """Log the error without the request, whose URL may be secret, and send Django's signal."""
    logger.error("An unexpected error in %s.", operation, exc_info=error)
    got_request_exception.send(sender=type(request), request=request)
    return ProblemResponse("unexpected", _("Something went wrong. Try again later."))
