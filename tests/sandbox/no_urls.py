"""A URLconf without the sandbox's URLs."""

urlpatterns: list[object] = []
