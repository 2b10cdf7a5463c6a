"""Decorators for all views of visitors and providers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from .https import https_only

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Make a view public, never cached, and without a transaction per request."""
    return login_not_required(transaction.non_atomic_requests(never_cache(view)))


def unguarded(view: View) -> View:
    """Make a view public by https, without a transaction per request.

    Providers are called outside transactions, and what was written before a call must stay written.
    """
    return login_not_required(transaction.non_atomic_requests(https_only(view)))


def private_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the view's URL from other sites, which would see it as the referrer."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return wrapped
