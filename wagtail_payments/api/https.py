"""The gateway's answer to what may not come by plain HTTP."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from ..exceptions import CheckoutRefused
from .problems import problem_response


def https_refusal() -> HttpResponse:
    """Return the problem document."""
    return problem_response(CheckoutRefused("https_required", _("Use https.")))
