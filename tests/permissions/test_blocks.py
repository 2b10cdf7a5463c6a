"""Blocks: editors can use only permitted products; published pages keep working."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.log_actions import LogContext
from wagtail.models import GroupPagePermission, Locale, Page

from tests.permissions.conftest import allow
from tests.support.factories import make_product, make_site, make_user, start
from tests.testapp.models import SellingPage
from wagtail_payments.blocks.products import ProductChooserBlock
from wagtail_payments.models import Payment
from wagtail_payments.permissions import CHOOSE, product_grant, product_revoke
from wagtail_payments.selectors.payments.tokens import placement_read

pytestmark = pytest.mark.django_db

PERMITTED, FORBIDDEN = "Kitchengarden", "Chamberchoir"
REFUSED = f"You do not have permission to put “{FORBIDDEN}” on pages."


def block(product):
    value = {"product": product.pk, "button_text": "", "layout": "card", "ui": "inline"}
    return {"type": "payment", "value": value}


def form_data(product, **changes):
    return {
        "title": "Sale",
        "slug": "sale",
        "body-count": "1",
        "body-0-type": "payment",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value-product": str(product.pk),
        "body-0-value-button_text": "Typed by hand",
        "body-0-value-layout": "card",
        "body-0-value-ui": "inline",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        **changes,
    }


@pytest.fixture
def shop(client):
    """An editor of all pages who can use one product, and a page with another product."""
    site = make_site()
    home = Page.objects.get(pk=site.root_page_id)
    editor = make_user("editor")
    allow(editor, "access_admin")
    group = Group.objects.create(name="Page editors")
    editor.groups.add(group)
    for codename in ("add_page", "change_page", "publish_page"):
        GroupPagePermission.objects.create(group=group, page=home, permission_type=codename[:-5])
    client.permitted, client.forbidden = make_product(name=PERMITTED), make_product(name=FORBIDDEN)
    product_grant(right=CHOOSE, holder=editor, product=client.permitted)
    body = json.dumps([block(client.forbidden)])
    page = home.add_child(instance=SellingPage(title="Theirs", slug="theirs", body=body))
    page.save_revision().publish()
    client.home, client.page, client.editor = home, page, editor
    client.force_login(editor)
    return client


def add_url(shop):
    return reverse("wagtailadmin_pages:add", args=["testapp", "sellingpage", shop.home.pk])


def edit_url(shop):
    return reverse("wagtailadmin_pages:edit", args=[shop.page.pk])


def state():
    pages = [(page.pk, page.title, page.live, str(page.body.raw_data)) for page in rows()]
    return pages, [page.revisions.count() for page in rows()]


def rows():
    return SellingPage.objects.order_by("pk")


def assert_refused_at_the_field(response):
    (error,) = response.context["form"].errors["body"].as_data()
    (message,) = error.as_json_data()["blockErrors"][0]["blockErrors"]["product"]["messages"]
    assert message.startswith(REFUSED)


SAVING = ({}, {"action-publish": "1"})
"""Save the draft, and publish."""


@pytest.mark.parametrize("action", SAVING)
def test_a_new_page_with_a_forbidden_product_is_refused(shop, action):
    before = state()
    response = shop.post(add_url(shop), form_data(shop.forbidden, **action))
    assert response.status_code == 200
    assert_refused_at_the_field(response)
    assert "Typed by hand" in response.content.decode()
    assert state() == before


@pytest.mark.parametrize("action", SAVING)
def test_crafted_form_data_is_refused(shop, action):
    product_grant(right=CHOOSE, holder=shop.editor, product=make_product(name="Another"))
    shop.page.body = json.dumps([block(shop.permitted)])
    shop.page.save_revision().publish()
    before = state()
    data = form_data(shop.forbidden, slug="theirs", **action)
    response = shop.post(edit_url(shop), data)
    assert response.status_code == 200
    assert_refused_at_the_field(response)
    assert state() == before


@pytest.mark.parametrize("action", SAVING)
def test_a_forbidden_product_is_not_kept_silently(shop, action):
    """The user who saves the page needs permission. The published page stays unchanged."""
    before = state()
    response = shop.post(edit_url(shop), form_data(shop.forbidden, slug="theirs", **action))
    assert response.status_code == 200
    assert_refused_at_the_field(response)
    assert state() == before


def test_an_autosave_is_refused_too(shop):
    before = state()
    data = form_data(shop.forbidden, slug="theirs")
    response = shop.post(edit_url(shop), data, headers={"accept": "application/json"})
    assert response.status_code in (200, 400)
    assert state() == before


@pytest.mark.parametrize("action", SAVING)
def test_a_permitted_product_is_saved(shop, action):
    response = shop.post(add_url(shop), form_data(shop.permitted, **action))
    assert response.status_code == 302
    page = SellingPage.objects.get(slug="sale")
    assert page.live == bool(action)
    latest = page.get_latest_revision_as_object()
    assert latest.body[0].value["product"] == shop.permitted


def test_a_permission_applies_to_translations(shop):
    german = shop.permitted.copy_for_translation(Locale.objects.create(language_code="de"))
    german.name = f"{PERMITTED} (deutsch)"
    german.save()
    shop.post(add_url(shop), form_data(german))
    page = SellingPage.objects.get(slug="sale")
    assert page.get_latest_revision_as_object().body[0].value["product"] == german


def test_a_revoked_permission_ends_immediately(shop):
    product_revoke(right=CHOOSE, holder=shop.editor, product=shop.permitted)
    before = state()
    assert shop.post(add_url(shop), form_data(shop.permitted)).status_code == 200
    assert state() == before


@pytest.mark.parametrize("value", ["", "0", "999999", "-1", "none", "1.5", "ünlü"])
def test_a_missing_or_unknown_product_is_refused(shop, value):
    before = state()
    data = form_data(shop.forbidden, **{"body-0-value-product": value, "action-publish": "1"})
    assert shop.post(add_url(shop), data).status_code == 200
    assert state() == before


def test_reverting_requires_permission(shop):
    old = shop.page.latest_revision
    shop.page.body = json.dumps([block(shop.permitted)])
    shop.page.save_revision().publish()
    before = state()
    url = reverse("wagtailadmin_pages:revisions_revert", args=[shop.page.pk, old.pk])
    assert shop.get(url).status_code == 200
    data = form_data(shop.forbidden, slug="theirs", revision=str(old.pk), **{"action-publish": "1"})
    response = shop.post(edit_url(shop), data)
    assert_refused_at_the_field(response)
    assert state() == before


def test_a_page_with_a_forbidden_product_continues_to_sell(shop, client_class):
    """Visitors can pay, regardless of the permissions of editors."""
    shop.post(edit_url(shop), form_data(shop.forbidden, slug="theirs"))
    visitor = client_class()
    html = visitor.get(shop.page.url).content.decode()
    token = html.split('data-placement="')[1].split('"')[0]
    assert placement_read(token).product_id == shop.forbidden.pk
    before = Payment.objects.count()
    assert start(shop.forbidden, placement=placement_read(token)).payment.product == shop.forbidden
    assert Payment.objects.count() == before + 1
    shop.force_login(shop.editor)
    assert shop.get(shop.page.url).content.decode().count("data-placement=") == 1


def test_custom_blocks_check_permissions_too(shop):
    """The product chooser itself checks permissions."""
    chooser = ProductChooserBlock()
    with LogContext(user=shop.editor):
        assert chooser.clean(shop.permitted) == shop.permitted
        with pytest.raises(ValidationError, match="You do not have permission to put"):
            chooser.clean(shop.forbidden)


def test_management_commands_are_not_restricted(shop):
    shop.page.body = json.dumps([block(shop.forbidden)])
    shop.page.full_clean()
    stream = SellingPage._meta.get_field("body").stream_block
    assert stream.clean(shop.page.body)
    with LogContext(user=shop.editor), pytest.raises(Exception, match="Validation error"):
        stream.clean(shop.page.body)
