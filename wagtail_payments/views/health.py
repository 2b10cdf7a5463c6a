"""How things stand, for monitors: counts only."""

from dataclasses import asdict

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from ..permissions import may_see_health
from ..selectors.health import payments_health
from .decorators import public


@public
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Return the counts; 503 when somebody has to look, so that any monitor notices. Staff only."""
    if not may_see_health(request.user):
        raise PermissionDenied
    found = payments_health()
    return JsonResponse(
        {"ok": found.ok, "stalled": found.stalled, **asdict(found)}, status=200 if found.ok else 503
    )
