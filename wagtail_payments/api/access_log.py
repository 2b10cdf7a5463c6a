"""The access log: one line per request, without personal data or secrets."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from wagtail_payments.models import ApiToken

from .problems import ProblemResponse

logger = logging.getLogger("wagtail_payments.access")


def access_log(
    request: HttpRequest, response: HttpResponse, *, operation: str, link: bool, latency_ms: float
) -> None:
    """Write the line. ``link`` says that the URL itself gives access."""
    fields = {
        "operation": operation,
        "actor": "link" if link else _actor(request),
        "method": request.method,
        "status": response.status_code,
        "code": response.code if isinstance(response, ProblemResponse) else "",
        "latency_ms": round(latency_ms, 1),
    }
    logger.info(
        "%(method)s %(operation)s %(status)s %(code)s %(actor)s %(latency_ms)s ms",
        fields,
        extra=fields,
    )


def _actor(request: HttpRequest) -> str:
    token = getattr(request, "auth", None)
    if isinstance(token, ApiToken):
        return f"token:{token.prefix}"
    try:
        return f"user:{request.user.pk}" if request.user.is_authenticated else "anonymous"
    except DatabaseError:
        return "unknown"
