"""Granting and revoking permissions for a product. Users can only grant their own."""

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
def keeper(client):
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


def url(keeper, what="access", *holder):
    kinds = ["group" if isinstance(one, Group) else "user" for one in holder]
    args = [keeper.product.pk, *kinds, *[one.pk for one in holder]]
    return reverse(f"wagtail_payments_product:{what}", args=args)


def give(keeper, **data):
    return keeper.post(url(keeper, "access_grant"), data)


def has(keeper, holder):
    return product_holders(keeper.product).get(holder, set())


def grants():
    models = (ProductUserObjectPermission, ProductGroupObjectPermission)
    return [sorted(model.objects.values_list("pk", flat=True)) for model in models]


def entries():
    return list(PaymentsLogEntry.objects.filter(action="wagtail_payments.access.change"))


@pytest.mark.parametrize("name", ["ada", "ADA", " ada ", "ada@example.org", "Ada@Example.ORG"])
def test_a_user_by_name_or_address(keeper, name):
    assert give(keeper, user=name, product_rights=["view_product"]).status_code == 302
    assert has(keeper, keeper.ada) == {"view_product"}
    (entry,) = entries()
    assert (entry.user, entry.data["given"], entry.data["taken"]) == (
        keeper.user,
        ["view_product"],
        [],
    )
    assert entry.data["holder_id"] == str(keeper.ada.pk)
    screen = keeper.get(url(keeper)).content.decode()
    assert "Access of ada; granted: See the product" in screen


def test_a_group(keeper):
    group = Group.objects.create(name="Gardeners")
    keeper.ada.groups.add(group)
    allow(keeper.ada, "access_admin")
    assert give(keeper, group=group.pk, money_rights=["view_product_payments"]).status_code == 302
    assert has(keeper, group) == {"view_product_payments"}
    payment = start(keeper.product).payment
    assert list(visible_payments(fresh(keeper.ada))) == [payment]
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
def test_what_is_refused_changes_nothing(keeper, data):
    group = Group.objects.create(name="Gardeners")
    for name in ("twin", "other"):
        make_user(name)
    type(keeper.ada).objects.filter(username="other").update(email="twin@example.org")
    make_user("sleeper", is_active=False)
    if data.get("group") == "gardeners":
        data = {**data, "group": group.pk}
    before = grants()
    response = give(keeper, **data)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert grants() == before
    assert entries() == []
    if data.get("user") == "ada":
        assert 'value="ada"' in response.content.decode()


def test_a_username_that_is_another_users_email_address(keeper):
    """An ambiguous name must not select either user."""
    make_user("trap")
    type(keeper.ada).objects.filter(username="trap").update(username="ada@example.org")
    before = grants()
    assert give(keeper, user="ada@example.org", product_rights=["view_product"]).status_code == 200
    assert grants() == before


def test_required_permissions_are_granted_too(keeper):
    give(keeper, user="ada", money_rights=["refund_product_payments"])
    assert has(keeper, keeper.ada) == {"view_product_payments", "refund_product_payments"}


def test_giving_once_more_takes_nothing(keeper):
    give(keeper, user="ada", product_rights=["view_product"])
    give(keeper, user="ada", money_rights=["view_product_payments"])
    assert has(keeper, keeper.ada) == {"view_product", "view_product_payments"}
    give(keeper, user="ada", money_rights=["view_product_payments"])
    assert len(entries()) == 2


def test_other_permissions_stay_after_a_change(keeper):
    for right in (VIEW, CHANGE, PAYMENTS, PAYERS):
        product_grant(right=right, holder=keeper.ada, product=keeper.product)
    page = keeper.get(url(keeper, "access_change", keeper.ada))
    offered = [value for value, _ in page.context["form"].fields["product_rights"].choices]
    assert offered == ["view_product", "change_product_access"]
    data = {"product_rights": ["view_product"], "money_rights": []}
    assert keeper.post(url(keeper, "access_change", keeper.ada), data).status_code == 302
    assert has(keeper, keeper.ada) == {"view_product", "change_product", "view_product_payers"}
    (entry,) = entries()
    assert (entry.data["given"], entry.data["taken"]) == ([], ["view_product_payments"])


def test_crafted_data_grants_nothing_on_change(keeper):
    product_grant(right=VIEW, holder=keeper.ada, product=keeper.product)
    before = grants()
    data = {"product_rights": ["view_product", "delete_product"]}
    response = keeper.post(url(keeper, "access_change", keeper.ada), data)
    assert response.status_code == 200
    assert grants() == before
    assert entries() == []


def test_taking_away(keeper):
    for right in (VIEW, PAYMENTS, CHANGE):
        product_grant(right=right, holder=keeper.ada, product=keeper.product)
    assert keeper.get(url(keeper, "access_remove", keeper.ada)).status_code == 200
    assert has(keeper, keeper.ada) == {"view_product", "view_product_payments", "change_product"}
    page = keeper.post(url(keeper, "access_remove", keeper.ada), follow=True)
    assert has(keeper, keeper.ada) == {"change_product"}
    assert "Another user must remove them" in page.content.decode()


def test_taking_away_ones_own_access(keeper):
    response = keeper.post(url(keeper, "access_remove", keeper.user))
    assert response["Location"] == reverse("wagtailadmin_home")
    assert has(keeper, keeper.user) == set()
    assert keeper.get(url(keeper)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "999999", "x", "-1", "9" * 40])
def test_an_unknown_user_returns_404(keeper, pk):
    for what in ("access_change", "access_remove"):
        for kind in ("user", "group", "robot"):
            address = reverse(
                f"wagtail_payments_product:{what}", args=[keeper.product.pk, kind, pk]
            )
            for method in (keeper.get, keeper.post):
                assert method(address).status_code == 404


def test_a_user_without_permissions_returns_404(keeper):
    before = grants()
    for what in ("access_change", "access_remove"):
        data = {"product_rights": ["view_product"]}
        assert keeper.post(url(keeper, what, keeper.ada), data).status_code == 404
    assert grants() == before


def test_inactive_users_have_no_access(keeper):
    payment = start(keeper.product).payment
    give(keeper, user="ada", money_rights=["refund_product_payments"])
    assert may_refund(fresh(keeper.ada), payment)
    type(keeper.ada).objects.update(is_active=False)
    ada = fresh(keeper.ada)
    assert rights_on(ada, keeper.product) == []
    assert not may_refund(ada, payment)
    assert not visible_payments(ada).exists()
    assert not visible_products(ada).exists()


def test_deleting_a_user_deletes_their_permissions(keeper):
    group = Group.objects.create(name="Gardeners")
    for holder in (group, keeper.ada):
        product_grant(right=VIEW, holder=holder, product=keeper.product)
        holder.delete()
    assert list(product_holders(keeper.product)) == [keeper.user]
    assert keeper.get(url(keeper)).status_code == 200


def test_translations_are_one_product(keeper):
    german = keeper.product.copy_for_translation(Locale.objects.create(language_code="de"))
    german.save()
    give(keeper, user="ada", product_rights=["view_product"])
    keeper.product = german
    assert has(keeper, keeper.ada) == {"view_product"}
    assert "Access of ada" in keeper.get(url(keeper)).content.decode()
    keeper.post(url(keeper, "access_remove", keeper.ada))
    assert has(keeper, keeper.ada) == set()
    assert ProductUserObjectPermission.objects.filter(user=keeper.ada).count() == 0


def test_the_log_is_shown_in_the_products_history(keeper):
    allow(keeper.user, "change_product")
    give(keeper, user="ada", money_rights=["refund_product_payments"])
    history = reverse("wagtail_payments_product:history", args=[keeper.product.pk])
    html = keeper.get(history).content.decode()
    assert "Access of ada; granted: See its payments, Refund" in html
    assert "keeper" in html


def test_the_number_of_queries_of_the_list_is_constant(keeper):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert keeper.get(url(keeper)).status_code == 200
        return len(captured)

    def add(number):
        group = Group.objects.create(name=f"Group {number}")
        for holder in (make_user(f"user-{number}"), group):
            for right in (VIEW, PAYMENTS):
                product_grant(right=right, holder=holder, product=keeper.product)

    add(0)
    few = (cost(), cost())[1]
    for number in range(1, 12):
        add(number)
    assert cost() == few
    page = keeper.get(url(keeper)).content.decode()
    assert page.count("access the admin yet") == 24


def test_what_a_user_can_access(keeper):
    root = make_user("root", is_superuser=True)
    give(keeper, user="ada", money_rights=["refund_product_payments"])
    keeper.force_login(root)
    address = reverse("wagtail_payments_user_access", args=[keeper.ada.pk])
    page = keeper.get(address).content.decode()
    assert "See its payments, Refund" in page
    assert keeper.product.name in page
    keeper.force_login(keeper.user)
    assert keeper.get(address).status_code == 302


def test_every_permission_has_a_label():
    assert len({str(right.label) for right in RIGHTS.values()}) == len(RIGHTS)
