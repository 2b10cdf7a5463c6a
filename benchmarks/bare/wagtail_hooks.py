"""Registers the plain listing."""

from wagtail import hooks

from benchmarks.bare.listing import StockViewSet


@hooks.register("register_admin_viewset")
def register_viewset() -> StockViewSet:
    return StockViewSet()
