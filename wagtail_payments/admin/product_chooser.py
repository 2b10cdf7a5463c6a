"""Choosing a product: only among those that this user may put on pages."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.snippets.views import chooser

from ..models import Product
from ..permissions import choosable_products
from ..selectors.products import products_listed


class ProductChooseView(chooser.ChooseView):
    """The window with the list."""

    def get_object_list(self) -> QuerySet[Product]:
        """Return what may be chosen."""
        return products_listed(choosable_products(self.request.user))


class ProductChooseResultsView(chooser.ChooseResultsView):
    """The list, searched or paged."""

    def get_object_list(self) -> QuerySet[Product]:
        """Return what may be chosen."""
        return products_listed(choosable_products(self.request.user))


class ProductChosenView(chooser.SnippetChosenView):
    """One that was chosen."""

    def get_object(self, pk: Any) -> Product:
        """Return it. Raises Product.DoesNotExist for one that may not be chosen."""
        product: Product = choosable_products(self.request.user).get(pk=pk)
        return product


class ProductChosenMultipleView(chooser.SnippetChosenMultipleView):
    """Some that were chosen."""

    def get_objects(self, pks: Iterable[Any]) -> QuerySet[Product]:
        """Return those of them that may be chosen."""
        return choosable_products(self.request.user).filter(pk__in=pks)


class ProductChooserViewSet(chooser.SnippetChooserViewSet):
    """Wagtail's chooser of products."""

    choose_view_class = ProductChooseView
    choose_results_view_class = ProductChooseResultsView
    chosen_view_class = ProductChosenView
    chosen_multiple_view_class = ProductChosenMultipleView

    def get_urlpatterns(self) -> list[Any]:
        """Leave out the form that makes a product in the window: there is none, prices are too much."""
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]
