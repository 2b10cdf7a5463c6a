"""The URLs of a site that uses the package."""

import wagtail
from django.conf import settings
from django.contrib.auth.views import LoginView
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls

urlpatterns = [
    path("admin/", include(admin_urls)),
    path("payments/", include("wagtail_payments.urls")),
    path("payments-sandbox/", include("wagtail_payments.sandbox.urls")),
    path("accounts/login/", LoginView.as_view(template_name="testapp/login.html"), name="login"),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    *staticfiles_urlpatterns(),
    path("", include(wagtail_urls)),
]

if wagtail.VERSION >= (8, 0):
    from wagtail.api.v3.urls import api

    urlpatterns.insert(0, path("api/v3/", api.urls))
