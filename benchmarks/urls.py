"""The URLs of the admin, the package and the bare views."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

from benchmarks.bare.views import bare_bytes, bare_event

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("payments/", include("wagtail_payments.urls")),
    path("payments-sandbox/", include("wagtail_payments.sandbox.urls")),
    path("bare/events/", bare_event),
    path("bare/bytes/", bare_bytes),
]
