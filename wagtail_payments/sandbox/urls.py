"""The URLs that a site includes, beside those of ``wagtail_payments``.

``path("payments-sandbox/", include("wagtail_payments.sandbox.urls"))``
"""

from django.urls import path

from wagtail_payments.sandbox.views.frame import frame, frame_challenge
from wagtail_payments.sandbox.views.hosted import hosted, hosted_challenge

app_name = "wagtail_payments_sandbox"

urlpatterns = [
    path("pay/<str:secret>/", hosted, name="hosted"),
    path("pay/<str:secret>/challenge/", hosted_challenge, name="hosted_challenge"),
    path("frame/<str:secret>/", frame, name="frame"),
    path("frame/<str:secret>/challenge/", frame_challenge, name="frame_challenge"),
]
