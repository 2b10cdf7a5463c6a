"""Wagtail's own views of products, each asked whether this user may do that with this product.

Wagtail's views ask about any product; here their policy answers about the one that they show.
"""

from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets

from wagtail_payments.models import Product
from wagtail_payments.permissions import (
    ACCESS_CHANGED,
    NewProductPolicy,
    OneProductPolicy,
    may_change_access,
    may_delete_unsold,
    product_is_sold,
    product_policy,
    visible_products,
)
from wagtail_payments.selectors.products.products import could_be_id, products_listed

ACCESS_URL_NAME = "wagtail_payments_product:access"


class OneProductMixin:
    """A view of one product: 404 where this user may not know that it exists."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the product first, so that every question about rights is about it."""
        self.permission_policy = OneProductPolicy(product_found(request, kwargs["pk"]))
        super().setup(request, *args, **kwargs)  # type: ignore[misc]


def product_found(request: HttpRequest, pk: object) -> Product:
    """Return the product in an admin address. Raises Http404 for one that isn't shown to the user."""
    text = unquote(str(pk))
    found = visible_products(request.user).filter(pk=text).first() if could_be_id(text) else None
    if found is None:
        raise Http404
    return found


class ProductIndexView(snippets.IndexView):
    """The products that this user may see, each with what they may do with it."""

    def get_base_queryset(self) -> Any:
        """Return them with their prices, in one query more."""
        products = products_listed(visible_products(self.request.user))
        return products.prefetch_related("prices")

    def get_edit_url(self, instance: Product) -> str | None:
        """Return where to change it, None for those who may not."""
        return super().get_edit_url(instance) if self._may("change", instance) else None

    def get_delete_url(self, instance: Product) -> str | None:
        """Return where to delete it, None for those who may not."""
        may = may_delete_unsold(self.request.user, instance)
        return super().get_delete_url(instance) if may else None

    def get_inspect_url(self, instance: Product) -> str | None:
        """Return where to look at it, None for those who may not."""
        may = any(self._may(action, instance) for action in ("view", "change"))
        return super().get_inspect_url(instance) if may else None

    def get_list_more_buttons(self, instance: Product) -> list[Any]:
        """Add who may do what with it."""
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if may_change_access(self.request.user, instance):
            url = reverse(ACCESS_URL_NAME, args=[quote(instance.pk)])
            buttons.append(Button(_("Access"), url=url, icon_name="key", priority=25))
        return buttons

    def _may(self, action: str, product: Product) -> bool:
        return product_policy.user_has_permission_for_instance(self.request.user, action, product)


class AccessButtonMixin:
    """A header that leads to who may do what with the product."""

    request: HttpRequest
    object: Product

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """Add it for those who may decide that."""
        buttons = list(super().header_more_buttons)  # type: ignore[misc]
        if may_change_access(self.request.user, self.object):
            url = reverse(ACCESS_URL_NAME, args=[quote(self.object.pk)])
            buttons.append(Button(_("Access"), url=url, icon_name="key", priority=25))
        return buttons


class ProductCreateView(snippets.CreateView):
    """The empty form."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Have questions about rights be about a product that isn't there yet."""
        self.permission_policy = NewProductPolicy(Product)
        super().setup(request, *args, **kwargs)


class ProductEditView(AccessButtonMixin, OneProductMixin, snippets.EditView):
    """The form."""


class ProductInspectView(AccessButtonMixin, OneProductMixin, snippets.InspectView):
    """The product, only looked at."""

    def get_field_label(self, field_name: str, field: Any) -> Any:
        """Name the prices, which are no field."""
        if field_name == "prices":
            return capfirst(_("prices"))
        return super().get_field_label(field_name, field)

    def get_prices_display_value(self) -> str:
        """Return what it costs in words."""
        return product_prices_text(self.object)


class ProductDeleteView(OneProductMixin, snippets.DeleteView):
    """Deletes what was never sold: payments are found by their product."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what to do instead with a product that was sold."""
        if may_delete_unsold(request.user, self.object) and product_is_sold(self.object):
            text = _(
                "“%(product)s” was sold and can't be deleted: its payments belong to it. Switch it off "
                "(“Active”) or unpublish it instead."
            )
            messages.error(request, text % {"product": self.object})
            return redirect(self.get_success_url())
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class ProductUsageView(OneProductMixin, snippets.UsageView):
    """Where it is used."""


class ProductHistoryView(OneProductMixin, snippets.HistoryView):
    """What was done with it; who may do what with it only for those who decide that."""

    def get_base_queryset(self) -> Any:
        """Leave out changes of access for the others."""
        entries = super().get_base_queryset()
        if may_change_access(self.request.user, self.object):
            return entries
        return entries.exclude(action=ACCESS_CHANGED)


class ProductPreviewView(OneProductMixin, snippets.PreviewOnEditView):
    """How it looks."""


class ProductRevisionView(OneProductMixin, snippets.PreviewRevisionView):
    """How it looked."""


class ProductCompareView(OneProductMixin, snippets.RevisionsCompareView):
    """What changed."""


class ProductUnscheduleView(OneProductMixin, snippets.RevisionsUnscheduleView):
    """Takes back a date of publishing."""


class ProductUnpublishView(OneProductMixin, snippets.UnpublishView):
    """Takes it from the site."""


def product_prices_text(product: Product) -> str:
    """Return what a product costs in words, price after price."""
    chosen = _("chosen by the payer")
    return ", ".join(price.display_amount or chosen for price in product.prices.all())
