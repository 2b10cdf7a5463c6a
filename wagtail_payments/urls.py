"""The URLs that a site includes: ``path("payments/", include("wagtail_payments.urls"))``."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from wagtail_payments.api.app import api
from wagtail_payments.api.decorators import api_view, unknown
from wagtail_payments.api.problems import https_refusal
from wagtail_payments.http.decorators import public
from wagtail_payments.http.https import https_only
from wagtail_payments.views.checkout import checkout
from wagtail_payments.views.health import health
from wagtail_payments.views.history import history
from wagtail_payments.views.status import emailed_receipt, receipt, receipt_link, status
from wagtail_payments.views.webhooks import webhook

app_name = "wagtail_payments"


def _public_api() -> tuple[list[URLPattern | URLResolver], str, str]:
    """Wrap the API's views here, because Ninja drops the attributes of decorated operations."""
    patterns, _, _ = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = _public(pattern.callback, pattern.name or "")
    rest = re_path("", _public(unknown, "unknown"), name="unknown")
    return [*patterns, rest], "api", "api"


def _public(view: Callable[..., HttpResponse], operation: str) -> Callable[..., HttpResponse]:
    return public(https_only(api_view(view, operation=operation), https_refusal))


urlpatterns = [
    path("webhooks/<slug:provider>/", webhook, name="webhook"),
    # Providers do not follow redirects, so the URL without the slash has to work, too.
    path("webhooks/<slug:provider>", webhook),
    path("api/", _public_api()),
    path("checkout/", checkout, name="checkout"),
    path("status/<str:token>/", status, name="status"),
    path("status/<str:token>/receipt/", receipt, name="receipt"),
    path("status/<str:token>/receipt-link/", receipt_link, name="receipt_link"),
    path("receipts/<str:token>/", emailed_receipt, name="emailed_receipt"),
    path("history/", history, name="history"),
    path("health/", health, name="health"),
]
