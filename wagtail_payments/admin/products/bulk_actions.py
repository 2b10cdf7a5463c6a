"""Bulk deletion of products, and the Publish button of a product's form."""

from typing import Any

from django.http import HttpRequest
from typing_extensions import override
from wagtail.snippets.action_menu import PublishMenuItem
from wagtail.snippets.bulk_actions import DeleteBulkAction

from wagtail_payments.models import Product
from wagtail_payments.permissions import product_policy, visible_products
from wagtail_payments.selectors.products.products import could_be_id


class ProductDeleteAction(DeleteBulkAction):
    """Deletes the selected products that the user can delete and that were never sold."""

    models = [Product]

    @classmethod
    @override
    def get_queryset(cls, model: type[Product], object_ids: list[Any]) -> list[Product]:
        products: list[Product] = super().get_queryset(model, filter(could_be_id, object_ids))
        return products

    @override
    def check_perm(self, snippet: Product) -> bool:
        # Wagtail 7.4 checks the permission for all products.
        user = self.request.user
        return product_policy.user_has_permission_for_instance(user, "delete", snippet)

    @override
    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        return visible_products(self.request.user).values_list("pk", flat=True)

    @override
    def get_actionable_objects(self) -> tuple[list[Product], dict[str, Any]]:
        # Products that the user can't see must not be listed among those without access.
        objects, context = super().get_actionable_objects()
        refused = context["items_with_no_access"]
        visible = visible_products(self.request.user).filter(pk__in=[item.pk for item in refused])
        pks = set(visible.values_list("pk", flat=True))
        return objects, {"items_with_no_access": [item for item in refused if item.pk in pks]}


def add_publish_item(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Add the Publish button for users who can publish this product.

    Wagtail adds it for users who can publish all products.
    """
    product = context.get("instance")
    if not isinstance(product, Product) or any(item.name == "action-publish" for item in items):
        return
    if product_policy.user_has_permission_for_instance(request.user, "publish", product):
        items.append(PublishMenuItem())
