"""Wagtail permission policies, one per model."""

from collections.abc import Iterable
from typing import Any

import wagtail
from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet
from typing_extensions import override
from wagtail.permission_policies import ModelPermissionPolicy

from wagtail_payments.models import (
    ApiToken,
    CreditNote,
    Delivery,
    Discrepancy,
    Payment,
    PaymentsLogEntry,
    Product,
    Receipt,
    WebhookEvent,
)

from .api_tokens import may_make_api_tokens, may_see_api_tokens
from .grants import users_granted
from .payments import may_view_some_payments, visible_log_entries, visible_payments
from .products import product_is_sold
from .rights import ACCESS, CHANGE, CHOOSE, DELETE, PAYMENTS, PUBLISH, VIEW
from .user_rights import user_rights

PRODUCT_ACTIONS = {
    "view": VIEW,
    "choose": CHOOSE,
    "change": CHANGE,
    "publish": PUBLISH,
    "delete": DELETE,
    "access": ACCESS,
}


class ProductPermissionPolicy(ModelPermissionPolicy):
    """Permissions apply to all products or to single ones, except for adding products."""

    @override
    def user_has_permission(self, user: Any, action: str) -> bool:
        right = PRODUCT_ACTIONS.get(action)
        if right is None:
            return bool(super().user_has_permission(user, action))
        return user_rights(user).somewhere(right)

    @override
    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    @override
    def user_has_permission_for_instance(self, user: Any, action: str, instance: Product) -> bool:
        right = PRODUCT_ACTIONS.get(action)
        if right is None:
            return bool(super().user_has_permission(user, action))
        # Payments belong to their product.
        if right is DELETE and product_is_sold(instance):
            return False
        return user_rights(user).on_product(right, instance.translation_key)

    @override
    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: Product
    ) -> bool:
        return any(self.user_has_permission_for_instance(user, act, instance) for act in actions)

    @override
    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Product]:
        rights = [PRODUCT_ACTIONS[action] for action in actions if action in PRODUCT_ACTIONS]
        products: QuerySet[Product] = Product.objects.filter(user_rights(user).products(rights))
        return products

    @override
    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        rights = [PRODUCT_ACTIONS[action] for action in actions if action in PRODUCT_ACTIONS]
        everywhere: QuerySet[Any] = super().users_with_any_permission(actions)
        return _union(everywhere, users_granted(None, rights))

    @override
    def users_with_any_permission_for_instance(
        self, actions: Iterable[str], instance: Product
    ) -> QuerySet[Any]:
        rights = [PRODUCT_ACTIONS[action] for action in actions if action in PRODUCT_ACTIONS]
        everywhere: QuerySet[Any] = super().users_with_any_permission(actions)
        return _union(everywhere, users_granted(instance.translation_key, rights))


class OneProductPolicy(ProductPermissionPolicy):
    """Permissions for one product, for the views of one product that ask about products in general."""

    def __init__(self, product: Product) -> None:
        super().__init__(Product)
        self._product = product

    @override
    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "add" and self.user_has_permission_for_instance(
            user, action, self._product
        )


class NewProductPolicy(ProductPermissionPolicy):
    """Permissions for a new product. Permissions for other single products don't apply to it."""

    @override
    def user_has_permission(self, user: Any, action: str) -> bool:
        right = PRODUCT_ACTIONS.get(action)
        return (
            user_rights(user).everywhere(right)
            if right
            else super().user_has_permission(user, action)
        )


class PaymentPermissionPolicy(ModelPermissionPolicy):
    """Payments are read-only in the admin."""

    @override
    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and may_view_some_payments(user)

    @override
    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return "view" in actions and may_view_some_payments(user)

    @override
    def user_has_permission_for_instance(self, user: Any, action: str, instance: Payment) -> bool:
        return action == "view" and visible_payments(user).filter(pk=instance.pk).exists()

    @override
    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Payment]:
        return visible_payments(user) if "view" in actions else Payment.objects.none()

    @override
    def users_with_any_permission_for_instance(
        self, actions: Iterable[str], instance: Payment
    ) -> QuerySet[Any]:
        everywhere: QuerySet[Any] = super().users_with_any_permission({"view"} & set(actions))
        rights = [PAYMENTS] if "view" in actions else []
        return _union(everywhere, users_granted(instance.product_key, rights))


class ReceiptDocumentPermissionPolicy(ModelPermissionPolicy):
    """Receipts and credit notes are read-only, and visible together with their payment."""

    @override
    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and may_view_some_payments(user)

    @override
    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return "view" in actions and may_view_some_payments(user)

    @override
    def user_has_permission_for_instance(
        self, user: Any, action: str, instance: Receipt | CreditNote
    ) -> bool:
        payments = visible_payments(user).filter(pk=instance.payment_id)
        return action == "view" and payments.exists()

    @override
    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.filter(payment__in=visible_payments(user))
        return rows if "view" in actions else rows.none()


class ReadOnlyPermissionPolicy(ModelPermissionPolicy):
    """Rows that staff, even superusers, can only view."""

    @override
    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(super().user_has_permission(user, action))

    @override
    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class ApiTokenPermissionPolicy(ModelPermissionPolicy):
    """Users who can create tokens, or see all of them, can open the list."""

    @override
    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == "view":
            return may_make_api_tokens(user) or may_see_api_tokens(user)
        return action == "add" and may_make_api_tokens(user)

    @override
    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


def _union(first: QuerySet[Any], second: QuerySet[Any]) -> QuerySet[Any]:
    """Return the users of both querysets, without duplicates."""
    users = get_user_model()._default_manager
    pks = [query.order_by().values("pk") for query in (first, second)]
    return users.filter(Q(pk__in=pks[0]) | Q(pk__in=pks[1]))


payment_policy = PaymentPermissionPolicy(Payment)
product_policy = ProductPermissionPolicy(Product)
policies: dict[type[Model], ModelPermissionPolicy] = {
    Payment: payment_policy,
    Product: product_policy,
    ApiToken: ApiTokenPermissionPolicy(ApiToken),
    **{model: ReceiptDocumentPermissionPolicy(model) for model in (Receipt, CreditNote)},
    **{model: ReadOnlyPermissionPolicy(model) for model in (Delivery, Discrepancy, WebhookEvent)},
}


def users_who_see_payments() -> QuerySet[Any]:
    """Return the active users who can see any payments, including superusers."""
    everywhere = ModelPermissionPolicy(Payment).users_with_any_permission(["view"])
    return _union(everywhere, users_granted(None, [PAYMENTS]))


def register_policies() -> None:
    """Register the policies with Wagtail (8.0 and later), and the visibility of audit log entries."""
    PaymentsLogEntry.objects.register_visibility(visible_log_entries)
    if wagtail.VERSION >= (8, 0):
        from wagtail.permissions import register_permission_policy

        for model, policy in policies.items():
            register_permission_policy(model, policy)
