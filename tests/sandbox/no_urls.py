"""A site that forgot the addresses."""

urlpatterns: list[object] = []
