"""The tests' addresses, and one through which a test does what no visitor may."""

from tests.resilience.cluster import actions
from tests.support.browser.control import ACTIONS
from tests.support.browser.urls import urlpatterns

__all__ = ["urlpatterns"]

ACTIONS.update((action.__name__, action) for action in actions.ALL)
