"""What every address that visitors or providers use has in common."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.views.decorators.cache import never_cache

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view as open to everybody, never cached, and never inside a request-wide transaction."""
    return unguarded(never_cache(view))


def unguarded(view: View) -> View:
    """Mark a view as open to everybody, and never inside a request-wide transaction.

    Providers are called outside transactions, and what was written before a call must stay written.
    """
    return login_not_required(transaction.non_atomic_requests(view))
