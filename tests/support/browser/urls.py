"""The tests' addresses, and one through which a test changes or asks what no visitor may."""

from django.urls import path

from tests.support.browser.control import control
from tests.urls import urlpatterns as site_urlpatterns

urlpatterns = [
    path("control/", control),
    *site_urlpatterns,
]
