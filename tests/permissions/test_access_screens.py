"""Granting and revoking permissions for a product. Users can only grant what they have."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from tests.permissions.conftest import allow, fresh
from tests.support.factories import make_product, make_site, make_user, start
from wagtail_payments.models import (
    PaymentsLogEntry,
    ProductGroupObjectPermission,
    ProductUserObjectPermission,
)
from wagtail_payments.permissions import (
    ACCESS,
    CHANGE,
    PAYERS,
    PAYMENTS,
    REFUND,
    RIGHTS,
    VIEW,
    may_refund,
    product_grant,
    product_holders,
    rights_on,
    visible_payments,
    visible_products,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    """A user who can see a product, refund its payments, and manage its permissions."""
    make_site()
    client.product = make_product(name="Kitchengarden")
    client.user = make_user("keeper")
    allow(client.user, "access_admin")
    for right in (VIEW, ACCESS, PAYMENTS, REFUND):
        product_grant(right=right, holder=client.user, product=client.product)
    client.ada = make_user("ada")
    client.force_login(client.user)
    return client


def url(manager, view="access", *holder):
    kinds = ["group" if isinstance(one, Group) else "user" for one in holder]
    args = [manager.product.pk, *kinds, *[one.pk for one in holder]]
    return reverse(f"wagtail_payments_product:{view}", args=args)


def grant(manager, **data):
    return manager.post(url(manager, "access_grant"), data)


def rights_of(manager, holder):
    return product_holders(manager.product).get(holder, set())


def grants():
    models = (ProductUserObjectPermission, ProductGroupObjectPermission)
    return [sorted(model.objects.values_list("pk", flat=True)) for model in models]


def entries():
    return list(PaymentsLogEntry.objects.filter(action="wagtail_payments.access.change"))


@pytest.mark.parametrize("name", ["ada", "ADA", " ada ", "ada@example.org", "Ada@Example.ORG"])
def test_a_user_is_found_by_name_or_email(manager, name):
    assert grant(manager, user=name, product_rights=["view_product"]).status_code == 302
    assert rights_of(manager, manager.ada) == {"view_product"}
    (entry,) = entries()
    assert (entry.user, entry.data["given"], entry.data["taken"]) == (
        manager.user,
        ["view_product"],
        [],
    )
    assert entry.data["holder_id"] == str(manager.ada.pk)
    page = manager.get(url(manager)).content.decode()
    assert "Access of ada; granted: See the product" in page


def test_a_group_is_granted_permissions(manager):
    group = Group.objects.create(name="Gardeners")
    manager.ada.groups.add(group)
    allow(manager.ada, "access_admin")
    assert grant(manager, group=group.pk, money_rights=["view_product_payments"]).status_code == 302
    assert rights_of(manager, group) == {"view_product_payments"}
    payment = start(manager.product).payment
    assert list(visible_payments(fresh(manager.ada))) == [payment]
    (entry,) = entries()
    assert entry.data["kind"] == "group"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"user": "ada"},
        {"user": "nobody", "product_rights": ["view_product"]},
        {"product_rights": ["view_product"]},
        {"user": "ada", "group": "gardeners", "product_rights": ["view_product"]},
        {"user": "twin@example.org", "product_rights": ["view_product"]},
        {"user": "sleeper", "product_rights": ["view_product"]},
        {"group": "999999", "product_rights": ["view_product"]},
        {"user": "ada", "product_rights": ["change_product"]},
        {"user": "ada", "product_rights": ["view_product", "delete_product"]},
        {"user": "ada", "money_rights": ["export_product_payments"]},
        {"user": "ada", "money_rights": ["view_product"]},
        {"user": "ada", "product_rights": ["no_such_right"]},
        {"user": "ada\x00", "product_rights": ["view_product"]},
    ],
)
def test_invalid_data_changes_nothing(manager, data):
    group = Group.objects.create(name="Gardeners")
    for name in ("twin", "other"):
        make_user(name)
    type(manager.ada).objects.filter(username="other").update(email="twin@example.org")
    make_user("sleeper", is_active=False)
    if data.get("group") == "gardeners":
        data = {**data, "group": group.pk}
    before = grants()
    response = grant(manager, **data)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert grants() == before
    assert entries() == []
    if data.get("user") == "ada":
        assert 'value="ada"' in response.content.decode()


def test_a_username_that_is_another_users_email_address(manager):
    """An ambiguous name must not select either user."""
    make_user("trap")
    type(manager.ada).objects.filter(username="trap").update(username="ada@example.org")
    before = grants()
    assert (
        grant(manager, user="ada@example.org", product_rights=["view_product"]).status_code == 200
    )
    assert grants() == before


def test_required_permissions_are_granted_too(manager):
    grant(manager, user="ada", money_rights=["refund_product_payments"])
    assert rights_of(manager, manager.ada) == {"view_product_payments", "refund_product_payments"}


def test_granting_again_revokes_nothing(manager):
    grant(manager, user="ada", product_rights=["view_product"])
    grant(manager, user="ada", money_rights=["view_product_payments"])
    assert rights_of(manager, manager.ada) == {"view_product", "view_product_payments"}
    grant(manager, user="ada", money_rights=["view_product_payments"])
    assert len(entries()) == 2


def test_other_permissions_stay_after_a_change(manager):
    for right in (VIEW, CHANGE, PAYMENTS, PAYERS):
        product_grant(right=right, holder=manager.ada, product=manager.product)
    page = manager.get(url(manager, "access_change", manager.ada))
    offered = [value for value, _ in page.context["form"].fields["product_rights"].choices]
    assert offered == ["view_product", "change_product_access"]
    data = {"product_rights": ["view_product"], "money_rights": []}
    assert manager.post(url(manager, "access_change", manager.ada), data).status_code == 302
    assert rights_of(manager, manager.ada) == {
        "view_product",
        "change_product",
        "view_product_payers",
    }
    (entry,) = entries()
    assert (entry.data["given"], entry.data["taken"]) == ([], ["view_product_payments"])


def test_crafted_data_grants_nothing_on_change(manager):
    product_grant(right=VIEW, holder=manager.ada, product=manager.product)
    before = grants()
    data = {"product_rights": ["view_product", "delete_product"]}
    response = manager.post(url(manager, "access_change", manager.ada), data)
    assert response.status_code == 200
    assert grants() == before
    assert entries() == []


def test_revoking_permissions(manager):
    for right in (VIEW, PAYMENTS, CHANGE):
        product_grant(right=right, holder=manager.ada, product=manager.product)
    assert manager.get(url(manager, "access_remove", manager.ada)).status_code == 200
    assert rights_of(manager, manager.ada) == {
        "view_product",
        "view_product_payments",
        "change_product",
    }
    page = manager.post(url(manager, "access_remove", manager.ada), follow=True)
    assert rights_of(manager, manager.ada) == {"change_product"}
    assert "Another user must remove them" in page.content.decode()


def test_users_can_revoke_their_own_access(manager):
    response = manager.post(url(manager, "access_remove", manager.user))
    assert response["Location"] == reverse("wagtailadmin_home")
    assert rights_of(manager, manager.user) == set()
    assert manager.get(url(manager)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "999999", "x", "-1", "9" * 40])
def test_an_unknown_user_returns_404(manager, pk):
    for view in ("access_change", "access_remove"):
        for kind in ("user", "group", "robot"):
            address = reverse(
                f"wagtail_payments_product:{view}", args=[manager.product.pk, kind, pk]
            )
            for method in (manager.get, manager.post):
                assert method(address).status_code == 404


def test_a_user_without_permissions_returns_404(manager):
    before = grants()
    for view in ("access_change", "access_remove"):
        data = {"product_rights": ["view_product"]}
        assert manager.post(url(manager, view, manager.ada), data).status_code == 404
    assert grants() == before


def test_inactive_users_have_no_access(manager):
    payment = start(manager.product).payment
    grant(manager, user="ada", money_rights=["refund_product_payments"])
    assert may_refund(fresh(manager.ada), payment)
    type(manager.ada).objects.update(is_active=False)
    ada = fresh(manager.ada)
    assert rights_on(ada, manager.product) == []
    assert not may_refund(ada, payment)
    assert not visible_payments(ada).exists()
    assert not visible_products(ada).exists()


def test_deleting_a_user_deletes_their_permissions(manager):
    group = Group.objects.create(name="Gardeners")
    for holder in (group, manager.ada):
        product_grant(right=VIEW, holder=holder, product=manager.product)
        holder.delete()
    assert list(product_holders(manager.product)) == [manager.user]
    assert manager.get(url(manager)).status_code == 200


def test_translations_share_permissions(manager):
    german = manager.product.copy_for_translation(Locale.objects.create(language_code="de"))
    german.save()
    grant(manager, user="ada", product_rights=["view_product"])
    manager.product = german
    assert rights_of(manager, manager.ada) == {"view_product"}
    assert "Access of ada" in manager.get(url(manager)).content.decode()
    manager.post(url(manager, "access_remove", manager.ada))
    assert rights_of(manager, manager.ada) == set()
    assert ProductUserObjectPermission.objects.filter(user=manager.ada).count() == 0


def test_the_log_is_shown_in_the_products_history(manager):
    allow(manager.user, "change_product")
    grant(manager, user="ada", money_rights=["refund_product_payments"])
    history = reverse("wagtail_payments_product:history", args=[manager.product.pk])
    html = manager.get(history).content.decode()
    assert "Access of ada; granted: See its payments, Refund" in html
    assert "keeper" in html


def test_the_number_of_queries_of_the_list_is_constant(manager):
    def count_queries():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(url(manager)).status_code == 200
        return len(captured)

    def add(number):
        group = Group.objects.create(name=f"Group {number}")
        for holder in (make_user(f"user-{number}"), group):
            for right in (VIEW, PAYMENTS):
                product_grant(right=right, holder=holder, product=manager.product)

    add(0)
    few = (count_queries(), count_queries())[1]
    for number in range(1, 12):
        add(number)
    assert count_queries() == few
    page = manager.get(url(manager)).content.decode()
    assert page.count("access the admin yet") == 24


def test_the_page_with_a_users_permissions(manager):
    root = make_user("root", is_superuser=True)
    grant(manager, user="ada", money_rights=["refund_product_payments"])
    manager.force_login(root)
    address = reverse("wagtail_payments_user_access", args=[manager.ada.pk])
    page = manager.get(address).content.decode()
    assert "See its payments, Refund" in page
    assert manager.product.name in page
    manager.force_login(manager.user)
    assert manager.get(address).status_code == 302


def test_every_permission_has_a_label():
    assert len({str(right.label) for right in RIGHTS.values()}) == len(RIGHTS)
