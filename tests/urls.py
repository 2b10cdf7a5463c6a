"""The addresses of a site that uses the package."""

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
