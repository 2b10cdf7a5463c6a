"""The current user in Wagtail's API for pages (8.0 and later).

Blocks check the permissions of the user who edits. Wagtail provides the user only in its admin.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from wagtail.log_actions import LogContext


def provide_api_user() -> None:
    """Add the user to the log context of every API call, if the API is installed."""
    if apps.is_installed("wagtail.api.v3"):
        from wagtail.api.v3.api import api

        api.add_decorator(_with_user)


def _with_user(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = request.user if request.user.is_authenticated else None
        with LogContext(user=user):
            return view(request, *args, **kwargs)

    return wrapper
