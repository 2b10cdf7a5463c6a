"""The test URLs, and one that runs actions for tests."""

from django.urls import path

from tests.support.browser.control import control
from tests.urls import urlpatterns as site_urlpatterns

urlpatterns = [
    path("control/", control),
    *site_urlpatterns,
]
