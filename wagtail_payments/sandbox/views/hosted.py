"""The hosted payment page, which works without JavaScript."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from wagtail_payments.providers.types import CheckoutUI
from wagtail_payments.sandbox.models import Session

from .guards import session_view
from .paying import Step, challenge_step, first_step, pay_step, step_context


@require_http_methods(["GET", "HEAD", "POST"])
@session_view(CheckoutUI.HOSTED)
def hosted(request: HttpRequest, session: Session) -> HttpResponse:
    """Show the payment page, and handle its submission."""
    if request.method == "POST":
        return _answer(request, pay_step(request, session))
    return _page(request, first_step(session))


@require_POST
@session_view(CheckoutUI.HOSTED)
def hosted_challenge(request: HttpRequest, session: Session) -> HttpResponse:
    """Handle the answer to the bank's challenge."""
    return _answer(request, challenge_step(request, session))


def _answer(request: HttpRequest, step: Step) -> HttpResponse:
    if step.done:
        return HttpResponseRedirect(step.session.return_url)
    return _page(request, step)


def _page(request: HttpRequest, step: Step) -> HttpResponse:
    response = render(request, "wagtail_payments_sandbox/hosted.html", step_context(step))
    # The URL gives access, and Django's CSRF check needs the page's own origin.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
