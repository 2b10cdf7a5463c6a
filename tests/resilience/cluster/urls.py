"""The test URLs, with the cluster's actions."""

from tests.resilience.cluster import actions
from tests.support.browser.control import ACTIONS
from tests.support.browser.urls import urlpatterns

__all__ = ["urlpatterns"]

ACTIONS.update((action.__name__, action) for action in actions.ALL)
