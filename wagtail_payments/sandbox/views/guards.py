"""What all pages of the sandbox have in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, override
from django.views.debug import SafeExceptionReporterFilter
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from wagtail_payments.http.decorators import public
from wagtail_payments.providers.types import CheckoutUI
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.options import sandbox_allowed
from wagtail_payments.sandbox.services.sessions import session_current

SessionView = Callable[[HttpRequest, Session], HttpResponse]
SecretView = Callable[..., HttpResponse]


class AlwaysHidden(SafeExceptionReporterFilter):
    """Hides what was typed from error pages, in development too."""

    def is_active(self, request: Any) -> bool:
        """Hide always."""
        return True


def session_view(ui: CheckoutUI) -> Callable[[SessionView], SecretView]:
    """Make a view of a session out of one of its secret: open to everybody who holds that.

    404 where the sandbox may not run, and for a session that is paid elsewhere.
    """

    def decorate(view: SessionView) -> SecretView:
        @wraps(view)
        def wrapped(request: HttpRequest, secret: str) -> HttpResponse:
            request.exception_reporter_filter = AlwaysHidden()
            if not sandbox_allowed():
                raise Http404
            session = get_object_or_404(Session, secret=secret, ui=ui)
            with override(session.locale or get_language()):
                return view(request, session_current(session))

        return public(sensitive_post_parameters()(sensitive_variables()(wrapped)))

    return decorate
