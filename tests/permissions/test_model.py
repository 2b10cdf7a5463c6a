"""Permissions, compared with a naive model of all ways to grant them."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from tests.permissions.conftest import fresh
from tests.support.factories import make_product, make_site, make_user, start
from wagtail_payments import permissions
from wagtail_payments.models import Payment, Product

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PEOPLE, GROUPS, PRODUCTS = ("ada", "bo"), ("first", "second"), ("garden", "choir")
RIGHTS = sorted(permissions.RIGHTS)
MODEL_LEVEL = {
    "view_product_payments": "view_payment",
    "view_product_payers": "view_payer",
    "refund_product_payments": "refund_payment",
    "receive_product_payments": "receive_payment",
    "export_product_payments": "export_payment",
}
EVERYWHERE = sorted([*RIGHTS, *MODEL_LEVEL.values()])

holders = st.sampled_from([*PEOPLE, *GROUPS])
worlds = st.fixed_dictionaries(
    {
        "members": st.sets(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(GROUPS))),
        "inactive": st.sets(st.sampled_from(PEOPLE), max_size=1),
        "superusers": st.one_of(
            st.just(set()), st.just(set()), st.sets(st.sampled_from(PEOPLE), max_size=1)
        ),
        "single": st.sets(
            st.tuples(
                holders,
                st.sampled_from(RIGHTS),
                st.sampled_from(PRODUCTS),
                st.sampled_from(["en", "de"]),
            ),
            max_size=8,
        ),
        "payments": st.sets(st.tuples(holders, st.sampled_from(PRODUCTS)), max_size=2),
        "everywhere": st.sets(st.tuples(holders, st.sampled_from(EVERYWHERE)), max_size=2),
    }
)


@pytest.fixture
def rows():
    make_site()
    german = Locale.objects.create(language_code="de")
    made = SimpleNamespace(products={}, payments={}, holders={})
    for name in PRODUCTS:
        product = make_product(name=name)
        translation = product.copy_for_translation(german)
        translation.save()
        made.products[name] = {"en": product, "de": translation}
        made.payments[name] = start(product).payment
        Payment.objects.filter(pk=made.payments[name].pk).update(product=translation)
    made.holders = {name: make_user(name) for name in PEOPLE}
    made.holders |= {name: Group.objects.create(name=name) for name in GROUPS}
    return made


def build(rows, world):
    for person, group in world["members"]:
        rows.holders[person].groups.add(rows.holders[group])
    users = type(rows.holders["ada"]).objects
    users.filter(username__in=world["inactive"]).update(is_active=False)
    users.filter(username__in=world["superusers"]).update(is_superuser=True)
    for holder, right, product, language in world["single"]:
        permissions.product_grant(
            right=permissions.RIGHTS[right],
            holder=rows.holders[holder],
            product=rows.products[product][language],
        )
    for holder, product in world["payments"]:
        permissions.payment_grant(holder=rows.holders[holder], payment=rows.payments[product])
    for holder, codename in world["everywhere"]:
        granted = Permission.objects.get(codename=codename)
        holder_row = rows.holders[holder]
        (holder_row.permissions if holder in GROUPS else holder_row.user_permissions).add(granted)


class Naive:
    """The expected permissions of one user."""

    def __init__(self, world, person):
        self.world, self.person = world, person
        self.names = {person} | {group for member, group in world["members"] if member == person}

    def has(self, right, product):
        if self.person in self.world["inactive"]:
            return False
        if self.person in self.world["superusers"]:
            return True
        everywhere = {code for holder, code in self.world["everywhere"] if holder in self.names}
        if everywhere & {right, MODEL_LEVEL.get(right)}:
            return True
        return any(
            holder in self.names and (granted, name) == (right, product)
            for holder, granted, name, _language in self.world["single"]
        )

    def sees(self, product):
        if self.person in self.world["inactive"]:
            return False
        single = any(
            holder in self.names and name == product for holder, name in self.world["payments"]
        )
        return self.has("view_product_payments", product) or single


def check(rows, world, person):
    user, naive = fresh(rows.holders[person]), Naive(world, person)

    def products_with(*rights):
        return {name for name in PRODUCTS if any(naive.has(right, name) for right in rights)}

    def names(products):
        found = [(product.translation_key, product.locale_id) for product in products]
        assert len(found) == len(set(found))
        by_key = {rows.products[name]["en"].translation_key: name for name in PRODUCTS}
        return sorted(by_key[key] for key, _locale in found)

    def titles(payments):
        return {payment.title for payment in payments}

    seen = {name for name in PRODUCTS if naive.sees(name)}
    assert titles(permissions.visible_payments(user)) == seen
    assert titles(permissions.exportable_payments(user)) == {
        name for name in seen if naive.has("export_product_payments", name)
    }
    assert permissions.may_export(user) == bool(products_with("export_product_payments"))
    shown = products_with(
        "view_product",
        "change_product",
        "publish_product",
        "delete_product",
        "change_product_access",
    )
    assert names(permissions.visible_products(user)) == sorted([*shown, *shown])
    chosen = products_with("choose_product")
    assert names(permissions.choosable_products(user)) == sorted([*chosen, *chosen])
    with_payments = permissions.products_with_visible_payments(user)
    keys = [rows.products[n]["en"].translation_key for n in products_with("view_product_payments")]
    assert sorted(product.translation_key for product in with_payments) == sorted(keys)
    with_payer = Payment.objects.filter(permissions.payments_with_payer(user))
    assert titles(with_payer) == products_with("view_product_payers")
    policy = permissions.product_policy
    for name, payment in rows.payments.items():
        assert permissions.may_see_payer(user, payment) == naive.has("view_product_payers", name)
        assert permissions.may_refund(user, payment) == naive.has("refund_product_payments", name)
        assert permissions.may_receive(user, payment) == naive.has("receive_product_payments", name)
        assert permissions.payment_policy.user_has_permission_for_instance(
            user, "view", payment
        ) == naive.sees(name)
        for product in rows.products[name].values():
            mine = {right for right in RIGHTS if naive.has(right, name)}
            assert {right.codename for right in permissions.rights_on(user, product)} == mine
            assert permissions.may_choose(user, product) == ("choose_product" in mine)
            assert permissions.may_change_access(user, product) == ("change_product_access" in mine)
            for action in ("view", "choose", "change", "publish", "delete"):
                # All these products were sold, and sold products can't be deleted.
                allowed = f"{action}_product" in mine and action != "delete"
                assert permissions.may_delete_unsold(user, product) == ("delete_product" in mine)
                assert policy.user_has_permission_for_instance(user, action, product) == allowed
    for action in ("view", "choose", "change", "publish", "delete"):
        somewhere = bool(products_with(f"{action}_product"))
        assert policy.user_has_permission(user, action) == somewhere
        found = policy.instances_user_has_permission_for(user, action)
        allowed = products_with(f"{action}_product")
        assert names(found) == sorted([*allowed, *allowed])
        for name in PRODUCTS:
            users = policy.users_with_permission_for_instance(action, rows.products[name]["de"])
            assert (user in users) == (name in allowed)
        assert (user in policy.users_with_permission(action)) == somewhere
    assert not permissions.payment_policy.user_has_permission(user, "change")


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds)
def test_permissions_match_the_model(rows, world):
    with transaction.atomic():
        build(rows, world)
        for person in PEOPLE:
            check(rows, world, person)
        transaction.set_rollback(True)
    for holder in rows.holders.values():
        holder._state.fields_cache.clear()
    assert Product.objects.count() == 4
