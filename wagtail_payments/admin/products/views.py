"""Wagtail's views of products, with permissions for single products.

Wagtail's views check a permission for products in general. Here, their policy answers for the product
that they show.
"""

from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import View
from typing_extensions import override
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


class OneProductMixin(View):
    """A view of one product. Returns 404 if the user can't see it."""

    @override
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.permission_policy = OneProductPolicy(get_product_or_404(request, kwargs["pk"]))
        super().setup(request, *args, **kwargs)


def get_product_or_404(request: HttpRequest, pk: object) -> Product:
    """Return the product with the quoted ``pk``. Raises Http404 if the user can't see it."""
    text = unquote(str(pk))
    if not could_be_id(text):
        raise Http404
    return get_object_or_404(visible_products(request.user), pk=text)


class ProductIndexView(snippets.IndexView):
    """The products that the user can see, with the actions that they can perform."""

    @override
    def get_base_queryset(self) -> Any:
        products = products_listed(visible_products(self.request.user))
        return products.prefetch_related("prices")

    @override
    def get_edit_url(self, instance: Product) -> str | None:
        return super().get_edit_url(instance) if self._can("change", instance) else None

    @override
    def get_delete_url(self, instance: Product) -> str | None:
        can_delete = may_delete_unsold(self.request.user, instance)
        return super().get_delete_url(instance) if can_delete else None

    @override
    def get_inspect_url(self, instance: Product) -> str | None:
        can_inspect = any(self._can(action, instance) for action in ("view", "change"))
        return super().get_inspect_url(instance) if can_inspect else None

    @override
    def get_list_more_buttons(self, instance: Product) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        return [*buttons, *_access_buttons(self.request.user, instance)]

    def _can(self, action: str, product: Product) -> bool:
        return product_policy.user_has_permission_for_instance(self.request.user, action, product)


def _access_buttons(user: Any, product: Product) -> list[Button]:
    if not may_change_access(user, product):
        return []
    url = reverse(ACCESS_URL_NAME, args=[quote(product.pk)])
    return [Button(_("Access"), url=url, icon_name="key", priority=25)]


class AccessButtonMixin:
    """Adds the Access button to the header."""

    request: HttpRequest
    object: Product

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """The buttons of the header's menu."""
        buttons = list(super().header_more_buttons)  # type: ignore[misc]
        return [*buttons, *_access_buttons(self.request.user, self.object)]


class ProductCreateView(snippets.CreateView):
    """The form for a new product."""

    @override
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.permission_policy = NewProductPolicy(Product)
        super().setup(request, *args, **kwargs)


class ProductEditView(AccessButtonMixin, OneProductMixin, snippets.EditView):
    """The form for an existing product."""


class ProductInspectView(AccessButtonMixin, OneProductMixin, snippets.InspectView):
    """The read-only page of a product."""

    @override
    def get_field_label(self, field_name: str, field: Any) -> Any:
        # Prices are a relation, not a field.
        if field_name == "prices":
            return capfirst(_("prices"))
        return super().get_field_label(field_name, field)

    def get_prices_display_value(self) -> str:
        """Return the prices as text, for Wagtail's inspect view."""
        return product_prices_text(self.object)


class ProductDeleteView(OneProductMixin, snippets.DeleteView):
    """Deletes a product that was never sold."""

    @override
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if may_delete_unsold(request.user, self.object) and product_is_sold(self.object):
            text = _(
                "“%(product)s” was sold and can't be deleted, because its payments belong to it. Clear "
                "“Active” or unpublish it instead."
            )
            messages.error(request, text % {"product": self.object})
            return redirect(self.get_success_url())
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class ProductUsageView(OneProductMixin, snippets.UsageView):
    """The pages and objects that use a product."""


class ProductHistoryView(OneProductMixin, snippets.HistoryView):
    """The history of a product."""

    @override
    def get_base_queryset(self) -> Any:
        # Permission changes are only for users who can manage the permissions.
        entries = super().get_base_queryset()
        if may_change_access(self.request.user, self.object):
            return entries
        return entries.exclude(action=ACCESS_CHANGED)


class ProductPreviewView(OneProductMixin, snippets.PreviewOnEditView):
    """The preview of the form."""


class ProductRevisionView(OneProductMixin, snippets.PreviewRevisionView):
    """The preview of a revision."""


class ProductCompareView(OneProductMixin, snippets.RevisionsCompareView):
    """The comparison of two revisions."""


class ProductUnscheduleView(OneProductMixin, snippets.RevisionsUnscheduleView):
    """Cancels scheduled publishing."""


class ProductUnpublishView(OneProductMixin, snippets.UnpublishView):
    """Unpublishes a product."""


def product_prices_text(product: Product) -> str:
    """Return the prices of ``product`` as text."""
    chosen = _("chosen by the payer")
    return ", ".join(price.display_amount or chosen for price in product.prices.all())
