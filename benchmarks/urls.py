"""The example site's addresses and the bare view's."""

from django.urls import include, path

from benchmarks.bare.views import bare

urlpatterns = [path("bare/", bare), path("", include("example_site.urls"))]
