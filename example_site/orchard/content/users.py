"""The logins of the demo. Their passwords are public."""

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
    """A login, and what it may do."""

    username: str
    first_name: str
    last_name: str
    may: str

    @property
    def password(self) -> str:
        """The demonstration password."""
        return f"{self.username}-orchard"


ADMIN = Login("admin", "Ada", "Quitte", "everything")
EDITOR = Login("editor", "Edda", "Renette", "pages and products, no payments")
TREASURER = Login(
    "treasurer",
    "Tomas",
    "Boskoop",
    "the payments of “Plant a tree” and no others: look at them, refund them",
)
ACCOUNTANT = Login(
    "accountant", "Anouk", "Bergamotte", "all payments to look at and to export; no refunds"
)
AUDITOR = Login("auditor", "Arvid", "Gravenstein", "all payments to look at, without who paid")
PAYER = Login("paula", "Paula", "Birnbaum", "her own payments, under “My payments” on the site")
LOGINS = (ADMIN, EDITOR, TREASURER, ACCOUNTANT, AUDITOR, PAYER)


def users_ensure(products: dict[str, Product]) -> None:
    """Create the logins with their permissions, once. Later changes stay."""
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
    """Return the payer's user."""
    return get_user_model().objects.get(username=PAYER.username)


def _user_ensure(login: Login, **facts: Any) -> Any:
    users = get_user_model().objects
    found = users.filter(username=login.username).first()
    return found or users.create_user(
        username=login.username,
        password=login.password,
        email=f"{login.username}@quincelane.example",
        first_name=login.first_name,
        last_name=login.last_name,
        **facts,
    )


def _editors() -> Group:
    """Return Wagtail's own group of editors, who look after products here too."""
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
