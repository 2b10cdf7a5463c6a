"""Choosing a product: only among those that this user may put on pages."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm, LocaleFilterMixin
from wagtail.snippets.views import chooser

from wagtail_payments.models import Product
from wagtail_payments.permissions import choosable_products
from wagtail_payments.selectors.products.products import could_be_id, products_listed


class SearchForm(BaseFilterForm):
    """Finds products by a part of their name."""

    q = forms.CharField(
        label=_("Search term"),
        widget=forms.TextInput(attrs={"placeholder": _("Search")}),
        required=False,
    )

    def filter(self, objects: QuerySet[Product]) -> QuerySet[Product]:
        """Return the products that match."""
        found: QuerySet[Product] = super().filter(objects)
        text = self.cleaned_data.get("q")
        if text:
            self.is_searching, self.search_query = True, text
            found = found.filter(name__icontains=text)
        return found


class LocaleSearchForm(LocaleFilterMixin, SearchForm):
    """Finds them in one language, too."""


class ChoosableMixin:
    """What may be chosen."""

    request: HttpRequest
    i18n_enabled: bool

    def get_object_list(self) -> QuerySet[Product]:
        """Return what this user may put on pages."""
        return products_listed(choosable_products(self.request.user))

    def get_filter_form_class(self) -> type[SearchForm]:
        """Return the form above the list."""
        return LocaleSearchForm if self.i18n_enabled else SearchForm


class ProductChooseView(ChoosableMixin, chooser.ChooseView):
    """The window with the list."""


class ProductChooseResultsView(ChoosableMixin, chooser.ChooseResultsView):
    """The list, searched or paged."""


class ProductChosenView(chooser.SnippetChosenView):
    """One that was chosen."""

    def get_object(self, pk: Any) -> Product:
        """Return it. Raises Product.DoesNotExist for one that may not be chosen."""
        if not could_be_id(pk):
            raise Product.DoesNotExist
        product: Product = choosable_products(self.request.user).get(pk=pk)
        return product


class ProductChosenMultipleView(chooser.SnippetChosenMultipleView):
    """Some that were chosen."""

    def get_objects(self, pks: Iterable[Any]) -> QuerySet[Product]:
        """Return those of them that may be chosen."""
        return choosable_products(self.request.user).filter(pk__in=filter(could_be_id, pks))


class ProductChooserViewSet(chooser.SnippetChooserViewSet):
    """Wagtail's chooser of products."""

    choose_view_class = ProductChooseView
    choose_results_view_class = ProductChooseResultsView
    chosen_view_class = ProductChosenView
    chosen_multiple_view_class = ProductChosenMultipleView

    def get_urlpatterns(self) -> list[Any]:
        """Leave out the form that makes a product in the window: there is none, prices are too much."""
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]
