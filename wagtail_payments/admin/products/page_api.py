"""Wagtail's API for pages (8.0 and later): whoever saves a page there is known, as in the admin.

Blocks ask who edits, and Wagtail says so in its admin only.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from wagtail.log_actions import LogContext


def note_editors() -> None:
    """Have every call of that API note who calls, on sites that have it."""
    if apps.is_installed("wagtail.api.v3"):
        from wagtail.api.v3.api import api

        api.add_decorator(_with_editor)


def _with_editor(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def noted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = request.user if request.user.is_authenticated else None
        with LogContext(user=user):
            return view(request, *args, **kwargs)

    return noted
