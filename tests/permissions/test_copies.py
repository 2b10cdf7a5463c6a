"""Copying a page requires permission to use its products, because copies sell, too."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page, ReferenceIndex, Site

from tests.support.factories import make_product, make_site, make_user
from tests.testapp.models import SellingPage
from wagtail_payments.permissions import CHOOSE, product_grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    home = make_site().root_page
    folder = home.add_child(instance=SellingPage(title="Folder", slug="folder"))
    page = SellingPage(title="Shop", slug="shop")
    page.body = [("payment", {"product": make_product(), "layout": "card", "ui": "inline"})]
    folder.add_child(instance=page)
    ReferenceIndex.create_or_update_for_object(page)
    return page


@pytest.fixture
def editor(client):
    user = make_user("edda")
    group = Group.objects.create(name="Pages")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    root = Site.objects.get().root_page
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(
            codename=codename, content_type__app_label="wagtailcore"
        )
        GroupPagePermission.objects.create(group=group, page=root, permission=permission)
    user.groups.add(group)
    client.force_login(user)
    return user


def copy(client, page, **data):
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    data = {
        "new_title": "Copy",
        "new_slug": "copy",
        "new_parent_page": Site.objects.get().root_page.pk,
        "publish_copies": "on",
        **data,
    }
    return client.post(url, data, follow=True)


@pytest.mark.parametrize(
    ("parent", "data"),
    [(False, {}), (False, {"alias": "on"}), (True, {"copy_subpages": "on"})],
)
def test_a_copy_is_refused_with_a_message(client, page, editor, parent, data):
    before = list(Page.objects.order_by("pk").values())
    response = copy(client, page.get_parent() if parent else page, **data)
    assert "You can&#x27;t copy this page" in response.content.decode()
    assert list(Page.objects.order_by("pk").values()) == before


def test_with_permission_a_page_is_copied(client, page, editor):
    product_grant(right=CHOOSE, holder=editor, product=page.body[0].value["product"])
    copy(client, page)
    assert Page.objects.get(slug="copy").live


def test_a_page_without_products_is_copied(client, page, editor):
    copy(client, page.get_parent())
    assert Page.objects.filter(slug="copy").exists()
