"""The product chooser. It offers the products that the user can put on pages."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail.admin.forms.choosers import BaseFilterForm, LocaleFilterMixin
from wagtail.snippets.views import chooser

from wagtail_payments.admin.generic.listing import PolicyMixin
from wagtail_payments.models import Product
from wagtail_payments.permissions import choosable_products
from wagtail_payments.selectors.products.products import could_be_id, products_listed


class SearchForm(BaseFilterForm):
    """Searches products by a part of their name."""

    q = forms.CharField(
        label=_("Search term"),
        widget=forms.TextInput(attrs={"placeholder": _("Search")}),
        required=False,
    )

    @override
    def filter(self, objects: QuerySet[Product]) -> QuerySet[Product]:
        products: QuerySet[Product] = super().filter(objects)
        text = self.cleaned_data.get("q")
        if text:
            self.is_searching, self.search_query = True, text
            products = products.filter(name__icontains=text)
        return products


class LocaleSearchForm(LocaleFilterMixin, SearchForm):
    """The same search, with a filter by locale."""


class ChoosableMixin:
    """The products that the user can choose, and the search form."""

    request: HttpRequest
    i18n_enabled: bool

    def get_object_list(self) -> QuerySet[Product]:
        """Return the products that the user can put on pages."""
        return products_listed(choosable_products(self.request.user))

    def get_filter_form_class(self) -> type[SearchForm]:
        """Return the class of the search form."""
        return LocaleSearchForm if self.i18n_enabled else SearchForm


class ProductChooseView(ChoosableMixin, chooser.ChooseView):
    """The dialog with the list."""


class ProductChooseResultsView(ChoosableMixin, chooser.ChooseResultsView):
    """The list alone, after a search or on another page."""


class ProductChosenView(chooser.SnippetChosenView):
    """The response to choosing a product."""

    @override
    def get_object(self, pk: Any) -> Product:
        if not could_be_id(pk):
            raise Product.DoesNotExist
        product: Product = choosable_products(self.request.user).get(pk=pk)
        return product


class ProductChosenMultipleView(chooser.SnippetChosenMultipleView):
    """The response to choosing several products."""

    @override
    def get_objects(self, pks: Iterable[Any]) -> QuerySet[Product]:
        return choosable_products(self.request.user).filter(pk__in=filter(could_be_id, pks))


class ProductChooserViewSet(PolicyMixin, chooser.SnippetChooserViewSet):
    """The product chooser."""

    choose_view_class = ProductChooseView
    choose_results_view_class = ProductChooseResultsView
    chosen_view_class = ProductChosenView
    chosen_multiple_view_class = ProductChosenMultipleView

    @override
    def get_urlpatterns(self) -> list[Any]:
        # A product and its prices are too much for a form in the dialog.
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]
