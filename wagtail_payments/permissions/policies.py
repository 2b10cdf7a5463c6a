"""One permission policy per model, and where Wagtail looks for them."""

from collections.abc import Iterable
from typing import Any

import wagtail
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
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
    """A product's rights are had on all products or on single ones; adding is for all only."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may do ``action`` with some product."""
        right = PRODUCT_ACTIONS.get(action)
        if right is None:
            return bool(super().user_has_permission(user, action))
        return user_rights(user).somewhere(right)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether ``user`` may do one of ``actions`` with some product."""
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Product) -> bool:
        """Tell whether ``user`` may do ``action`` with this product. What was sold isn't deleted."""
        right = PRODUCT_ACTIONS.get(action)
        if right is None:
            return bool(super().user_has_permission(user, action))
        if right is DELETE and product_is_sold(instance):
            return False
        return user_rights(user).on_product(right, instance.translation_key)

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: Product
    ) -> bool:
        """Tell whether ``user`` may do one of ``actions`` with this product."""
        return any(self.user_has_permission_for_instance(user, act, instance) for act in actions)

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Product]:
        """Return the products with which ``user`` may do one of ``actions``."""
        rights = [PRODUCT_ACTIONS[action] for action in actions if action in PRODUCT_ACTIONS]
        products: QuerySet[Product] = Product.objects.filter(user_rights(user).products(rights))
        return products

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        """Return the users who may do one of ``actions`` with some product."""
        rights = [PRODUCT_ACTIONS[action] for action in actions if action in PRODUCT_ACTIONS]
        everywhere: QuerySet[Any] = super().users_with_any_permission(actions)
        return _either(everywhere, users_granted(None, rights))

    def users_with_any_permission_for_instance(
        self, actions: Iterable[str], instance: Product
    ) -> QuerySet[Any]:
        """Return the users who may do one of ``actions`` with this product."""
        rights = [PRODUCT_ACTIONS[action] for action in actions if action in PRODUCT_ACTIONS]
        everywhere: QuerySet[Any] = super().users_with_any_permission(actions)
        return _either(everywhere, users_granted(instance.translation_key, rights))


class OneProductPolicy(ProductPermissionPolicy):
    """Answers about one product where Wagtail's views ask about any: each of them shows just one."""

    def __init__(self, product: Product) -> None:
        super().__init__(Product)
        self._product = product

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may do ``action`` with this product. Adding isn't done to one."""
        return action != "add" and self.user_has_permission_for_instance(
            user, action, self._product
        )


class NewProductPolicy(ProductPermissionPolicy):
    """Answers about a product that is being made: rights on single other products don't hold for it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may do ``action`` with all products."""
        right = PRODUCT_ACTIONS.get(action)
        return (
            user_rights(user).everywhere(right)
            if right
            else super().user_has_permission(user, action)
        )


class PaymentPermissionPolicy(ModelPermissionPolicy):
    """Payments are looked at; the admin neither adds, changes nor deletes them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may do ``action`` on some payment."""
        return action == "view" and may_view_some_payments(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether ``user`` may do one of ``actions`` on some payment."""
        return "view" in actions and may_view_some_payments(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Payment) -> bool:
        """Tell whether ``user`` may do ``action`` on this payment."""
        return action == "view" and visible_payments(user).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Payment]:
        """Return the payments on which ``user`` may do one of ``actions``."""
        return visible_payments(user) if "view" in actions else Payment.objects.none()

    def users_with_any_permission_for_instance(
        self, actions: Iterable[str], instance: Payment
    ) -> QuerySet[Any]:
        """Return the users who may see this payment by its product, if ``actions`` say so."""
        everywhere: QuerySet[Any] = super().users_with_any_permission({"view"} & set(actions))
        rights = [PAYMENTS] if "view" in actions else []
        return _either(everywhere, users_granted(instance.product_key, rights))


class ReceiptDocumentPermissionPolicy(ModelPermissionPolicy):
    """Receipts and credit notes are looked at by whoever may see their payment."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may do ``action`` with some of them."""
        return action == "view" and may_view_some_payments(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether ``user`` may do one of ``actions`` with some of them."""
        return "view" in actions and may_view_some_payments(user)

    def user_has_permission_for_instance(
        self, user: Any, action: str, instance: Receipt | CreditNote
    ) -> bool:
        """Tell whether ``user`` may do ``action`` with this one."""
        payments = visible_payments(user).filter(pk=instance.payment_id)
        return action == "view" and payments.exists()

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        """Return those with which ``user`` may do one of ``actions``."""
        rows: QuerySet[Any] = self.model._default_manager.filter(payment__in=visible_payments(user))
        return rows if "view" in actions else rows.none()


class ReadOnlyPermissionPolicy(ModelPermissionPolicy):
    """Rows that only the machinery writes: even superusers just look at them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may do ``action``: view, or nothing."""
        return action == "view" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether ``user`` may do one of ``actions``."""
        return any(self.user_has_permission(user, action) for action in actions)


class ApiTokenPermissionPolicy(ModelPermissionPolicy):
    """Whoever may make tokens, or see everybody's, finds the list; what it shows is another matter."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may add tokens, or view some."""
        if action == "view":
            return may_make_api_tokens(user) or may_see_api_tokens(user)
        return action == "add" and may_make_api_tokens(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether ``user`` may do one of ``actions``."""
        return any(self.user_has_permission(user, action) for action in actions)


def _either(some: QuerySet[Any], others: QuerySet[Any]) -> QuerySet[Any]:
    """Return the users of both, each once."""
    users = get_user_model()._default_manager
    one, other = (query.order_by().values("pk") for query in (some, others))
    return users.filter(Q(pk__in=one) | Q(pk__in=other))


payment_policy = PaymentPermissionPolicy(Payment)
api_token_policy = ApiTokenPermissionPolicy(ApiToken)
product_policy = ProductPermissionPolicy(Product)
receipt_document_policies: dict[Any, ReceiptDocumentPermissionPolicy] = {
    model: ReceiptDocumentPermissionPolicy(model) for model in (Receipt, CreditNote)
}
operations_policies: dict[Any, ReadOnlyPermissionPolicy] = {
    model: ReadOnlyPermissionPolicy(model) for model in (Delivery, Discrepancy, WebhookEvent)
}


def users_who_see_payments() -> QuerySet[Any]:
    """Return the active users who may see some payments, superusers among them."""
    everywhere = ModelPermissionPolicy(Payment).users_with_any_permission(["view"])
    return _either(everywhere, users_granted(None, [PAYMENTS]))


def register_policies() -> None:
    """Register our policies where Wagtail keeps them (8.0 and later), and the audit log's."""
    PaymentsLogEntry.objects.register_visibility(visible_log_entries)
    if wagtail.VERSION >= (8, 0):
        from wagtail.permissions import register_permission_policy

        ours: dict[Any, ModelPermissionPolicy] = {
            Payment: payment_policy,
            Product: product_policy,
            ApiToken: api_token_policy,
            **receipt_document_policies,
            **operations_policies,
        }
        for model, policy in ours.items():
            register_permission_policy(model, policy)


def viewset_attributes(policy: ModelPermissionPolicy) -> dict[str, Any]:
    """Return the viewset attribute that Wagtail 7.4 wants instead, and that 8.0 warns about."""
    return {} if wagtail.VERSION >= (8, 0) else {"permission_policy": policy}
