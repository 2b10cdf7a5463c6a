"""Who may do what. The only module that knows django-guardian.

A payment's rights follow from its product, so a million payments need no permission rows of their own:
whoever may view all payments sees all; whoever was granted ``view_product_payments`` on a product
sees that product's, in all its translations.
"""

from collections.abc import Iterable
from typing import Any

import wagtail
from django.contrib.auth import get_user_model
from django.db.models import Min, QuerySet
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm
from wagtail.permission_policies import ModelPermissionPolicy

from .models import Delivery, Drift, Payment, Product, WebhookEvent

VIEW_PAYMENTS = "wagtail_payments.view_payment"
REFUND_PAYMENTS = "wagtail_payments.refund_payment"
RECEIVE_PAYMENTS = "wagtail_payments.receive_payment"
REPLAY_EVENTS = "wagtail_payments.replay_webhookevent"
RESEND_DELIVERIES = "wagtail_payments.resend_delivery"
RESOLVE_DRIFTS = "wagtail_payments.resolve_drift"
VIEW_PRODUCT_PAYMENTS = "wagtail_payments.view_product_payments"


def product_grant(*, permission: str, holder: Any, product: Product) -> None:
    """Grant a user or group ``permission`` (such as VIEW_PRODUCT_PAYMENTS) on one product."""
    assign_perm(permission, holder, product)


def product_revoke(*, permission: str, holder: Any, product: Product) -> None:
    """Take back what :func:`product_grant` gave."""
    remove_perm(permission, holder, product)


def products_with_visible_payments(user: Any) -> QuerySet[Product]:
    """Return the products whose payments ``user`` was granted to see, one by one."""
    granted: QuerySet[Product] = get_objects_for_user(
        user, VIEW_PRODUCT_PAYMENTS, klass=Product, accept_global_perms=False
    )
    return granted


def may_view_all_payments(user: Any) -> bool:
    """Tell whether ``user`` sees every payment."""
    return bool(
        user.is_active and (user.has_perm(VIEW_PAYMENTS) or user.has_perm(VIEW_PRODUCT_PAYMENTS))
    )


def visible_payments(user: Any) -> QuerySet[Payment]:
    """Return the payments that ``user`` may see."""
    if not user.is_active:
        return Payment.objects.none()
    if may_view_all_payments(user):
        return Payment.objects.all()
    keys = products_with_visible_payments(user).order_by().values("translation_key")
    return Payment.objects.filter(product_key__in=keys)


def may_refund(user: Any, payment: Payment) -> bool:
    """Tell whether ``user``, who may see ``payment``, may give its money back."""
    return bool(user.is_active and user.has_perm(REFUND_PAYMENTS))


def may_receive(user: Any, payment: Payment) -> bool:
    """Tell whether ``user``, who may see ``payment``, may say that its money came, or never will."""
    return bool(user.is_active and user.has_perm(RECEIVE_PAYMENTS))


def may_replay_events(user: Any) -> bool:
    """Tell whether ``user`` may have webhook events processed again, and their payloads removed."""
    return bool(
        user.is_active and user.has_perms([REPLAY_EVENTS, "wagtail_payments.view_webhookevent"])
    )


def may_resend_deliveries(user: Any) -> bool:
    """Tell whether ``user`` may have mails and signals sent again."""
    return bool(user.is_active and user.has_perm(RESEND_DELIVERIES))


def may_resolve_drifts(user: Any) -> bool:
    """Tell whether ``user`` may settle differences between a provider's books and ours."""
    return bool(user.is_active and user.has_perms([RESOLVE_DRIFTS, "wagtail_payments.view_drift"]))


def may_see_health(user: Any) -> bool:
    """Tell whether ``user`` may know how many events, deliveries and payments wait or fail."""
    return bool(user.is_active and (user.is_staff or may_view_all_payments(user)))


def visible_products(user: Any) -> QuerySet[Product]:
    """Return the products whose payments ``user`` may see, one row a product: its first language."""
    products = Product.objects.all()
    if not may_view_all_payments(user):
        keys = products_with_visible_payments(user).order_by().values("translation_key")
        products = products.filter(translation_key__in=keys)
    firsts = products.order_by().values("translation_key").annotate(first=Min("pk"))
    visible: QuerySet[Product] = Product.objects.filter(pk__in=firsts.values("first"))
    return visible


class PaymentPermissionPolicy(ModelPermissionPolicy):
    """Payments are looked at; the admin neither adds, changes nor deletes them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may do ``action`` on some payment."""
        if action != "view" or not user.is_active:
            return False
        return may_view_all_payments(user) or products_with_visible_payments(user).exists()

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
        """Return the users who may do one of ``actions`` on this payment."""
        users = get_user_model()._default_manager.filter(is_active=True)
        allowed = [
            user.pk
            for user in users
            if any(self.user_has_permission_for_instance(user, act, instance) for act in actions)
        ]
        return users.filter(pk__in=allowed)


class MachineryPermissionPolicy(ModelPermissionPolicy):
    """Rows that only the machinery writes: even superusers just look at them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether ``user`` may do ``action``: view, or nothing."""
        return action == "view" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether ``user`` may do one of ``actions``."""
        return any(self.user_has_permission(user, action) for action in actions)


payment_policy = PaymentPermissionPolicy(Payment)
machinery_policies: dict[Any, MachineryPermissionPolicy] = {
    model: MachineryPermissionPolicy(model) for model in (Delivery, Drift, WebhookEvent)
}
product_policy = ModelPermissionPolicy(Product)


def register_policies() -> None:
    """Register our policies where Wagtail keeps them (8.0 and later)."""
    if wagtail.VERSION >= (8, 0):
        from wagtail.permissions import register_permission_policy

        for model, policy in {Payment: payment_policy, **machinery_policies}.items():
            register_permission_policy(model, policy)


def viewset_attributes(policy: ModelPermissionPolicy) -> dict[str, Any]:
    """Return the viewset attribute that Wagtail 7.4 wants instead, and that 8.0 warns about."""
    return {} if wagtail.VERSION >= (8, 0) else {"permission_policy": policy}
