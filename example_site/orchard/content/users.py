"""Creates the demo's users, whose passwords are public."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission, Site

from wagtail_payments.models import Product
from wagtail_payments.permissions import PAYERS, PAYMENTS, RECEIVE, REFUND, product_grant
from wagtail_payments.services.user_access.roles import ROLES, role_make


@dataclass(frozen=True)
class Login:
    """A user of the demo."""

    username: str
    first_name: str
    last_name: str
    description: str

    @property
    def password(self) -> str:
        return f"{self.username}-orchard"


ADMIN = Login("admin", "Ada", "Quitte", "everything")
EDITOR = Login("editor", "Edda", "Renette", "pages and products, no payments")
TREASURER = Login(
    "treasurer",
    "Tomas",
    "Boskoop",
    "view and refund payments of “Plant a tree” only",
)
ACCOUNTANT = Login("accountant", "Anouk", "Bergamotte", "view and export all payments, no refunds")
AUDITOR = Login("auditor", "Arvid", "Gravenstein", "view all payments, without payer details")
PAYER = Login("paula", "Paula", "Birnbaum", "her own payments, under “My payments” on the site")
LOGINS = (ADMIN, EDITOR, TREASURER, ACCOUNTANT, AUDITOR, PAYER)


def users_ensure(products: dict[str, Product]) -> None:
    """Create the users with their permissions, unless they exist."""
    if get_user_model().objects.filter(username=ADMIN.username).exists():
        return
    _user_ensure(ADMIN, is_staff=True, is_superuser=True)
    _user_ensure(EDITOR).groups.add(_editors())
    treasurer = _user_ensure(TREASURER)
    treasurer.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for right in (PAYMENTS, PAYERS, REFUND, RECEIVE):
        product_grant(right=right, holder=treasurer, product=products["Plant a tree"])
    for role in ROLES:
        role_make(role)
    for login, role_name in ((ACCOUNTANT, "Payments accountant"), (AUDITOR, "Payments auditor")):
        _user_ensure(login).groups.add(Group.objects.get(name=role_name))
    _user_ensure(PAYER)


def payer() -> Any:
    """Return the user of the payer."""
    return get_user_model().objects.get(username=PAYER.username)


def _user_ensure(login: Login, **fields: Any) -> Any:
    users = get_user_model().objects
    found = users.filter(username=login.username).first()
    return found or users.create_user(
        username=login.username,
        password=login.password,
        email=f"{login.username}@quincelane.example",
        first_name=login.first_name,
        last_name=login.last_name,
        **fields,
    )


def _editors() -> Group:
    """Return Wagtail's Editors group, with permissions for products added."""
    group = Group.objects.get(name="Editors")
    actions = (
        "add_product",
        "change_product",
        "choose_product",
        "publish_product",
        "view_product",
    )
    group.permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtail_payments", codename__in=actions)
    )
    home = Site.objects.get(is_default_site=True).root_page
    publish = Permission.objects.get(content_type__app_label="wagtailcore", codename="publish_page")
    GroupPagePermission.objects.get_or_create(group=group, page=home, permission=publish)
    return group
