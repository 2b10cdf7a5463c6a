"""The package's addresses and, after them, the bare view's."""

from django.urls import include, path

from benchmarks.bare.views import bare

urlpatterns = [
    path("payments/", include("wagtail_payments.urls")),
    path("payments-sandbox/", include("wagtail_payments.sandbox.urls")),
    path("bare/", bare),
]
