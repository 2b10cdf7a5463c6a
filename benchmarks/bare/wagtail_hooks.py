"""Puts the plain listing into the admin."""

from wagtail import hooks

from benchmarks.bare.listing import StockViewSet


@hooks.register("register_admin_viewset")
def register_viewset() -> StockViewSet:
    """Give it addresses."""
    return StockViewSet()
