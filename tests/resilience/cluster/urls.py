"""The tests' addresses, and one through which a test does what no visitor may."""

from tests.browser.control import DEEDS
from tests.browser.urls import urlpatterns
from tests.resilience.cluster import deeds

__all__ = ["urlpatterns"]

DEEDS.update((deed.__name__, deed) for deed in deeds.ALL)
