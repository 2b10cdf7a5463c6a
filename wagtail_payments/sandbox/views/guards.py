"""Decorators for all pages of the sandbox."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import get_language
from django.views.debug import SafeExceptionReporterFilter
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from typing_extensions import override

from wagtail_payments.http.decorators import public
from wagtail_payments.providers.types import CheckoutUI
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.options import sandbox_allowed
from wagtail_payments.sandbox.services.sessions import session_current

SessionView = Callable[[HttpRequest, Session], HttpResponse]
SecretView = Callable[..., HttpResponse]


class AlwaysHidden(SafeExceptionReporterFilter):
    """Hides typed values from error pages, also in development."""

    @override
    def is_active(self, request: Any) -> bool:
        return True


def session_view(ui: CheckoutUI) -> Callable[[SessionView], SecretView]:
    """Make a view that takes a session's secret pass the session to ``view``.

    It is public for holders of the secret. 404 if the sandbox may not run, or if the session is paid
    elsewhere.
    """

    def decorate(view: SessionView) -> SecretView:
        @wraps(view)
        def wrapped(request: HttpRequest, secret: str) -> HttpResponse:
            request.exception_reporter_filter = AlwaysHidden()
            if not sandbox_allowed():
                raise Http404
            session = get_object_or_404(Session, secret=secret, ui=ui)
            with translation.override(session.locale or get_language()):
                return view(request, session_current(session))

        return public(sensitive_post_parameters()(sensitive_variables()(wrapped)))

    return decorate
