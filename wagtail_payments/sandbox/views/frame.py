"""The card element: a page in a sandboxed frame with an opaque origin.

So it has no cookies and no CSRF token: the session's secret gives access.
"""

from urllib.parse import urljoin

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from wagtail_payments.providers.types import CheckoutUI
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.services.sessions import origin_of

from .guards import session_view
from .paying import Step, challenge_step, first_step, pay_step, step_context

SCHEMES = ("light", "dark")


@csrf_exempt
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@session_view(CheckoutUI.INLINE)
def frame(request: HttpRequest, session: Session) -> HttpResponse:
    """Show the card element, and handle its submission."""
    step = pay_step(request, session) if request.method == "POST" else first_step(session)
    return _page(request, step)


@csrf_exempt
@xframe_options_exempt
@require_POST
@session_view(CheckoutUI.INLINE)
def frame_challenge(request: HttpRequest, session: Session) -> HttpResponse:
    """Handle the answer to the bank's challenge."""
    return _page(request, challenge_step(request, session))


def _page(request: HttpRequest, step: Step) -> HttpResponse:
    scheme = request.GET.get("scheme", "")
    origin = origin_of(step.session.return_url)
    outcome, message = _outcome(step)
    context = {
        **step_context(step),
        "origin": origin,
        "outcome": outcome,
        "message": message,
        "scheme": scheme if scheme in SCHEMES else SCHEMES[0],
    }
    response = render(request, "wagtail_payments_sandbox/frame.html", context)
    response.headers["Content-Security-Policy"] = _policy(request, origin)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _outcome(step: Step) -> tuple[str, str]:
    """Return the message to the page around the frame, None while the visitor is not finished."""
    if step.done:
        return "complete", ""
    if step.decline:
        return "declined", step.decline
    if step.form is None and step.challenge is None:
        return "invalid", step.closed_message
    if step.form is not None and step.form.is_bound:
        return "invalid", _("Check the payment details.")
    return "", ""


def _policy(request: HttpRequest, origin: str) -> str:
    """Allow framing by the paying page, and only our own files."""
    files = origin_of(urljoin(request.build_absolute_uri(), static("")))
    return (
        f"default-src 'none'; script-src 'self' {files}; style-src 'self' {files}; "
        f"base-uri 'none'; frame-ancestors {origin}"
    )
