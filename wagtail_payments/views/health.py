"""The health endpoint for monitors: counts only."""

from dataclasses import asdict

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from wagtail_payments.http.decorators import public
from wagtail_payments.permissions import may_see_health
from wagtail_payments.selectors.health.health import payments_health


@public
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Return the counts, with status 503 if staff have to act. For staff only."""
    if not may_see_health(request.user):
        raise PermissionDenied
    found = payments_health()
    return JsonResponse(
        {"ok": found.ok, "stalled": found.stalled, **asdict(found)}, status=200 if found.ok else 503
    )
