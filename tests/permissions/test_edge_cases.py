"""Edge cases that were found by trying to break permissions."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.admin.payments.test_payments import product_form
from tests.permissions.people import make_side
from tests.support.factories import make_product, make_site, make_user
from tests.support.tokens import make_token
from wagtail_payments.models import Discrepancy, Product
from wagtail_payments.permissions import (
    ACCESS,
    CHANGE,
    PUBLISH,
    REFUND,
    VIEW,
    product_grant,
    user_rights,
    visible_log_entries,
)
from wagtail_payments.services.audit.log import (
    DISCREPANCY_DISMISSED,
    PAYMENTS_EXPORTED,
    audit,
    audit_many,
)
from wagtail_payments.services.user_access.grants import access_set

pytestmark = pytest.mark.django_db

HISTORY = "wagtailadmin_reports:site_history"


@pytest.fixture
def kim(client):
    user = make_user("kim")
    allow(user, "access_admin")
    client.force_login(user)
    return user


def allow(user, *codenames):
    user.user_permissions.add(
        *Permission.objects.filter(
            codename__in=codenames, content_type__app_label__in=["wagtailadmin", "wagtail_payments"]
        )
    )


def seen(user):
    fresh = type(user).objects.get(pk=user.pk)
    return {(entry.action, entry.label) for entry in visible_log_entries(fresh)}


def test_publishing_one_product_does_not_allow_publishing_new_ones(client, kim):
    allow(kim, "add_product")
    product_grant(right=PUBLISH, holder=kim, product=make_product())
    data = product_form(make_product().prices.get(), id="")
    data.update({"name": "New", "prices-INITIAL_FORMS": "0"})
    client.post(reverse("wagtail_payments_product:add"), data)
    assert Product.objects.get(name="New").live is False
    allow(kim, "publish_product")
    client.post(reverse("wagtail_payments_product:add"), {**data, "name": "Newer"})
    assert Product.objects.get(name="Newer").live is True


def test_a_sold_product_cannot_be_deleted_in_the_admin(client, django_user_model):
    make_site()
    sold, new = make_side("Garden").product, make_product(name="Unsold")
    client.force_login(django_user_model.objects.create_superuser("root", "r@example.org", "x"))
    url = reverse("wagtail_payments_product:delete", args=[sold.pk])
    for method in (client.get, client.post):
        assert "“Garden” was sold" in method(url, follow=True).content.decode()
    bulk = reverse("wagtail_bulk_action", args=["wagtail_payments", "product", "delete"])
    client.post(f"{bulk}?id={sold.pk}&id={new.pk}")
    assert list(Product.objects.filter(pk__in=[sold.pk, new.pk])) == [sold]


@pytest.mark.parametrize("pk", ["abc", "1.5", "9" * 400, "%00"])
def test_invalid_ids_cause_no_errors(client, django_user_model, pk):
    client.force_login(django_user_model.objects.create_superuser("root", "r@example.org", "x"))
    chooser = reverse("wagtailsnippetchoosers_wagtail_payments_product:choose")
    bulk = reverse("wagtail_bulk_action", args=["wagtail_payments", "product", "delete"])
    access = reverse("wagtail_payments_user_access", args=["x"]).replace("/x/", f"/{pk}/")
    assert client.get(access).status_code == 404
    assert client.get(f"{chooser}chosen/{pk}/").status_code == 404
    assert client.get(f"{chooser}chosen-multiple/?id={pk}").status_code == 200
    assert client.get(f"{bulk}?id={pk}").status_code == 404


def test_token_entries_are_for_owners_and_users_who_see_all(kim):
    allow(kim, "add_apitoken", "view_payment")
    owner = make_user("lou")
    allow(owner, "add_apitoken")
    make_token(owner, "payments:read", name="Secret ledger")
    assert not seen(kim)
    assert len(seen(owner)) == 1
    allow(kim, "view_apitoken")
    assert seen(kim) == seen(owner)


def test_entries_without_a_payment_require_seeing_all_payments(kim):
    make_site()
    root = make_user("root", is_superuser=True)
    audit_many(root, PAYMENTS_EXPORTED, rows=3, format="csv", filter="")
    lone = Discrepancy.objects.create(
        provider="sandbox", mode="test", kind="missing", reference="pi_x", data={}
    )
    audit(lone, DISCREPANCY_DISMISSED, actor=root)
    allow(kim, "view_discrepancy", "view_webhookevent", "view_product")
    assert not seen(kim)
    allow(kim, "view_payment")
    assert {action for action, _label in seen(kim)} == {PAYMENTS_EXPORTED, DISCREPANCY_DISMISSED}


def test_permission_changes_are_for_users_who_manage_them(client, kim):
    product, root = make_product(), make_user("root", is_superuser=True)
    access_set(product=product, holder=make_user("hidden"), rights=["view_product"], actor=root)
    for right in (VIEW, CHANGE):
        product_grant(right=right, holder=kim, product=product)
    history = reverse("wagtail_payments_product:history", args=[product.pk])
    text = "Access of hidden"
    assert not seen(kim)
    assert text not in client.get(history).content.decode()
    product_grant(right=ACCESS, holder=kim, product=product)
    assert len(seen(kim)) == 1
    assert text in client.get(history).content.decode()


def test_the_site_history_is_in_the_menu_with_permission(client, kim):
    link = reverse(HISTORY)
    home = reverse("wagtailadmin_home")
    assert link not in client.get(home).content.decode()
    product = make_product()
    product_grant(right=VIEW, holder=kim, product=product)
    audit(product, "wagtail.edit", actor=kim)
    assert client.get(home).content.decode().count(link) == 1
    assert client.get(link).status_code == 200
    assert not user_rights(kim).somewhere(REFUND)
