"""What the product list and the product's form offer to do, as far as this user may."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.snippets.action_menu import PublishMenuItem
from wagtail.snippets.bulk_actions import DeleteBulkAction

from ..models import Product
from ..permissions import product_policy, visible_products
from ..selectors.products import sold_keys


class ProductDeleteAction(DeleteBulkAction):
    """Deletes those of the chosen products that this user may delete and that were never sold."""

    models = [Product]

    def check_perm(self, snippet: Product) -> bool:
        """Tell whether this user may delete this one: Wagtail 7.4 asks about all."""
        user = self.request.user
        return product_policy.user_has_permission_for_instance(user, "delete", snippet)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        """Return what "all" means to this user."""
        return visible_products(self.request.user).values_list("pk", flat=True)

    def get_actionable_objects(self) -> tuple[list[Product], dict[str, Any]]:
        """Leave out what this user may not know of, and what was sold."""
        objects, without = super().get_actionable_objects()
        refused = without["items_with_no_access"]
        sold = sold_keys(objects)
        refused += [product for product in objects if product.translation_key in sold]
        shown = self._shown([*objects, *refused])
        return (
            [item for item in objects if item.translation_key not in sold],
            {"items_with_no_access": [item for item in refused if item.pk in shown]},
        )

    def _shown(self, products: Iterable[Product]) -> set[int]:
        keys = [product.pk for product in products]
        shown: QuerySet[Product] = visible_products(self.request.user).filter(pk__in=keys)
        return set(shown.values_list("pk", flat=True))


def offer_publishing(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer to publish a product to whoever may publish just this one: Wagtail asks about all."""
    product = context.get("instance")
    if not isinstance(product, Product) or any(item.name == "action-publish" for item in items):
        return
    if product_policy.user_has_permission_for_instance(request.user, "publish", product):
        items.append(PublishMenuItem())
