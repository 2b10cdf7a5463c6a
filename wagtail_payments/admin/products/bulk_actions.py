"""What the product list and the product's form offer to do, as far as this user may."""

from typing import Any

from django.http import HttpRequest
from wagtail.snippets.action_menu import PublishMenuItem
from wagtail.snippets.bulk_actions import DeleteBulkAction

from wagtail_payments.models import Product
from wagtail_payments.permissions import product_policy, visible_products
from wagtail_payments.selectors.products.products import could_be_id


class ProductDeleteAction(DeleteBulkAction):
    """Deletes those of the chosen products that this user may delete and that were never sold."""

    models = [Product]

    @classmethod
    def get_queryset(cls, model: type[Product], object_ids: list[Any]) -> list[Product]:
        """Return the chosen products; what is no number is none. Raises Http404 where there is none."""
        products: list[Product] = super().get_queryset(model, filter(could_be_id, object_ids))
        return products

    def check_perm(self, snippet: Product) -> bool:
        """Tell whether this user may delete this one, which wasn't sold: Wagtail 7.4 asks about all."""
        user = self.request.user
        return product_policy.user_has_permission_for_instance(user, "delete", snippet)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        """Return what "all" means to this user."""
        return visible_products(self.request.user).values_list("pk", flat=True)

    def get_actionable_objects(self) -> tuple[list[Product], dict[str, Any]]:
        """Name those that are refused, but for those that this user may not know of."""
        objects, without = super().get_actionable_objects()
        refused = without["items_with_no_access"]
        shown = visible_products(self.request.user).filter(pk__in=[item.pk for item in refused])
        known = set(shown.values_list("pk", flat=True))
        return objects, {"items_with_no_access": [item for item in refused if item.pk in known]}


def offer_publishing(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer to publish a product to whoever may publish just this one: Wagtail asks about all."""
    product = context.get("instance")
    if not isinstance(product, Product) or any(item.name == "action-publish" for item in items):
        return
    if product_policy.user_has_permission_for_instance(request.user, "publish", product):
        items.append(PublishMenuItem())
