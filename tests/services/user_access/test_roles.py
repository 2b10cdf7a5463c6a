"""Roles: groups created by a command, with the documented permissions, and not reset by default."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from tests.support.factories import make_user
from wagtail_payments.permissions import CHOOSE, EXPORT, PAYERS, PAYMENTS, REFUND, user_rights
from wagtail_payments.services.doctor.permissions import rights_examine
from wagtail_payments.services.user_access.roles import ROLES, roles_missing

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def roles(*options):
    out = StringIO()
    call_command("payments_roles", *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "may", "may_not"),
    [
        ("Payments manager", {CHOOSE, PAYMENTS, PAYERS, REFUND, EXPORT}, set()),
        ("Payments treasurer", {PAYMENTS, PAYERS, REFUND, EXPORT}, {CHOOSE}),
        ("Payments accountant", {PAYMENTS, PAYERS, EXPORT}, {CHOOSE, REFUND}),
        ("Payments auditor", {PAYMENTS}, {CHOOSE, PAYERS, REFUND, EXPORT}),
        ("Payments editor", {CHOOSE}, {PAYMENTS, PAYERS, REFUND, EXPORT}),
    ],
)
def test_permissions_of_each_role(name, may, may_not):
    roles()
    user = make_user("kim")
    user.groups.add(Group.objects.get(name=name))
    rights = user_rights(user)
    assert all(map(rights.everywhere, may))
    assert not any(map(rights.everywhere, may_not))
    assert user.has_perm("wagtailadmin.access_admin")


def test_permissions_of_roles_exist():
    for role in ROLES:
        for name in role.permissions:
            app, codename = name.split(".")
            assert Permission.objects.filter(
                content_type__app_label=app, codename=codename
            ).exists()


def test_changed_roles_are_kept_unless_reset():
    assert roles().count(": created.") == len(ROLES) == 5
    auditors = Group.objects.get(name="Payments auditor")
    extra = Permission.objects.get(codename="add_image")
    view = Permission.objects.get(codename="view_payment")
    auditors.permissions.add(extra)
    auditors.permissions.remove(view)
    assert roles().count("unchanged") == 5
    assert view not in auditors.permissions.all()
    assert roles("--reset").count(": reset.") == 5
    assert {extra, view} <= set(auditors.permissions.all())
    assert roles_missing() == []


def test_doctor_suggests_the_roles():
    assert [finding.level for finding in rights_examine()] == ["warning"]
    assert "payments_roles" in next(rights_examine()).cure
    roles()
    assert [finding.level for finding in rights_examine()] == ["warning"]
    make_user("kim").groups.add(Group.objects.get(name="Payments auditor"))
    assert [finding.level for finding in rights_examine()] == ["ok"]
