"""Roles: groups with useful sets of permissions, created on demand. Sites can change them."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_ADMIN = ("wagtailadmin.access_admin",)
_PREFIX = "wagtail_payments."


@dataclass(frozen=True, slots=True)
class Role:
    """A group's name, its purpose, and its model permissions."""

    name: str
    purpose: str | Promise
    permissions: tuple[str, ...]


def _codenames(*codenames: str) -> tuple[str, ...]:
    return tuple(f"{_PREFIX}{codename}" for codename in codenames)


_PRODUCTS = _codenames(
    "add_product", "view_product", "choose_product", "change_product", "publish_product"
)
_LOOKING = _codenames("view_payment", "view_delivery", "view_discrepancy", "view_webhookevent")
_MONEY = _codenames("view_payer", "refund_payment", "receive_payment", "export_payment")
_KEEPING = _codenames("resend_delivery", "resolve_discrepancy", "replay_webhookevent")

ROLES = (
    Role(
        "Payments manager",
        _("Everything about products and money, and who may do what with single products."),
        (
            *_ADMIN,
            *_PRODUCTS,
            *_LOOKING,
            *_MONEY,
            *_KEEPING,
            *_codenames(
                "erase_payer",
                "delete_product",
                "change_product_access",
                "manage_product_subscriptions",
                "change_paymentsettings",
                "add_apitoken",
                "view_apitoken",
                "revoke_apitoken",
            ),
        ),
    ),
    Role(
        "Payments treasurer",
        _("All the money: see it and who paid, refund, receive, export, look after what failed."),
        (
            *_ADMIN,
            *_codenames("view_product", "manage_product_subscriptions", "add_apitoken"),
            *_LOOKING,
            *_MONEY,
            *_KEEPING,
        ),
    ),
    Role(
        "Payments accountant",
        _("All the money to look at and to export, with who paid; no refunds."),
        (
            *_ADMIN,
            *_codenames("view_product", "view_payment", "view_payer", "export_payment", "add_apitoken"),
        ),
    ),
    Role(
        "Payments auditor",
        _("All the money and the machinery to look at, without who paid."),
        (*_ADMIN, *_codenames("view_product"), *_LOOKING),
    ),
    Role(
        "Payments editor",
        _("Products and prices, and putting them on pages; no payments."),
        (*_ADMIN, *_PRODUCTS),
    ),
)


def roles_missing() -> list[Role]:
    """Return the roles whose group does not exist."""
    there = set(Group.objects.values_list("name", flat=True))
    return [role for role in ROLES if role.name not in there]


@transaction.atomic
def role_make(role: Role) -> Group:
    """Create the group of ``role``, or reset the permissions of an existing one.

    Permissions of other apps that a site has added stay.
    """
    group = Group.objects.get_or_create(name=role.name)[0]
    permissions = Permission.objects.filter(content_type__app_label="wagtail_payments")
    group.permissions.remove(*group.permissions.filter(pk__in=permissions))
    group.permissions.add(*_permissions(role))
    return group


def _permissions(role: Role) -> QuerySet[Permission]:
    wanted = Q(pk__in=[])
    for name in role.permissions:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted)
