"""Wagtail's views that show rows of this package: bulk actions, site history, usage, settings."""

import csv
import io
from html import unescape

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import GroupCollectionPermission, ModelLogEntry, ReferenceIndex, Site

from tests.permissions.conftest import FIRST, OTHER, allow
from tests.permissions.table import DELETERS, PRODUCT_VIEWERS
from tests.permissions.test_lists import PAYMENTS, PRODUCTS, payments_for, products_for, sign_in
from tests.support.factories import make_product, make_user
from wagtail_payments.models import Delivery, PaymentSettings, PaymentsLogEntry, Product
from wagtail_payments.permissions import DELETE, VIEW, product_grant
from wagtail_payments.services.audit.log import PAYERS_SEEN, audit

pytestmark = pytest.mark.django_db

BULK = "/admin/bulk/wagtail_payments/product/delete/"


def html_of(response):
    return unescape(response.content.decode())


def never_sold(club):
    return {club.first.new.pk, club.other.new.pk}


def test_bulk_delete_of_everything(client, club):
    """Only unsold products that the user can delete are listed and deleted."""
    for name in sign_in(client, club):
        before = set(Product.objects.values_list("pk", flat=True))
        page = client.get(BULK, {"id": "all"})
        if name not in PRODUCT_VIEWERS:
            assert OTHER not in html_of(page), name
        deletable = {club.first.new.pk} if name == "its_editor" else set()
        if name in DELETERS:
            deletable = never_sold(club)
        found = page.status_code == 200 and name != "inactive"
        shown = {row["item"].pk for row in page.context["items"]} if found else set()
        assert shown <= deletable, name
    assert set(Product.objects.values_list("pk", flat=True)) == before


def test_bulk_delete_by_crafted_ids(client, club):
    ids = [product.pk for side in club.sides() for product in (side.product, side.new)]
    query = "?" + "&".join(f"id={pk}" for pk in ids)
    for name in ("its_viewer", "its_onlooker", "outsider", "auditor", "editor"):
        client.force_login(club.people[name])
        for page in (client.get(BULK + query), client.post(BULK + query, follow=True)):
            if name not in PRODUCT_VIEWERS:
                assert OTHER not in html_of(page), name
        assert Product.objects.count() == 4, name
    client.force_login(club.people["its_editor"])
    assert OTHER not in html_of(client.get(BULK + query))
    assert OTHER not in html_of(client.post(BULK + query, follow=True))
    assert set(Product.objects.values_list("pk", flat=True)) == set(ids) - {club.first.new.pk}


def test_there_are_no_other_bulk_actions(client, club):
    client.force_login(club.people["root"])
    for action in ("publish", "unpublish", "move", "assign_role", "x"):
        assert client.get(f"/admin/bulk/wagtail_payments/product/{action}/").status_code == 404
    for model in ("payment", "discrepancy", "delivery", "webhookevent", "refund"):
        assert client.get(f"/admin/bulk/wagtail_payments/{model}/delete/?id=1").status_code == 404


def history(client, **query):
    return client.get(reverse("wagtailadmin_reports:site_history"), query)


def log_actions(club):
    for side in club.sides():
        audit(side.product, "wagtail.edit", actor=club.people["root"])
        audit(side.payment, PAYERS_SEEN, actor=club.people["root"])


def test_site_history(client, club):
    log_actions(club)
    PaymentsLogEntry.objects.exclude(action__in=["wagtail.edit", PAYERS_SEEN]).delete()
    for name in sign_in(client, club):
        response = history(client)
        if response.status_code != 200:
            assert name == "inactive"
            continue
        found = {
            (entry.payment_id, entry.object_id)
            for entry in response.context["object_list"]
            if isinstance(entry, PaymentsLogEntry)
        }
        expected = {
            (None, str(side.product.pk))
            for side in club.sides()
            if side.product.pk in products_for(name, club)
        }
        expected |= {
            (side.payment.pk, str(side.payment.pk))
            for side in club.sides()
            if side.payment.pk in payments_for(name, club)
        }
        assert found == expected, name
        html = html_of(response)
        if name not in PRODUCT_VIEWERS:
            assert OTHER not in html, name
        if name not in PRODUCTS | PAYMENTS:
            assert FIRST not in html, name
        assert "-payer@" not in html, name
        assert "Payer of" not in html, name


@pytest.mark.parametrize("query", [{"label": OTHER}, {"action": PAYERS_SEEN}, {"export": "csv"}])
def test_site_history_filtered_and_exported(client, club, query):
    log_actions(club)
    client.force_login(club.people["its_onlooker"])
    response = history(client, **query)
    if "export" in query:
        text = b"".join(response.streaming_content).decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["Name"] for row in rows if OTHER in row["Name"]] == []
        assert [row for row in rows if FIRST in row["Name"]]
        return
    rows = response.context["object_list"]
    assert not [row for row in rows if OTHER in row.label]
    assert response.context["paginator"].count == len(rows)


def test_entries_of_a_deleted_product_require_permission_for_all(client, club):
    product = make_product(name="Short-lived product")
    client.force_login(club.people["root"])
    client.post(reverse("wagtail_payments_product:delete", args=[product.pk]))
    for name, visible in (("root", True), ("auditor", True), ("its_editor", False)):
        client.force_login(club.people[name])
        assert ("Short-lived product" in html_of(history(client))) == visible, name


def test_the_usage_of_an_image(client, club):
    """A hidden product that uses the image isn't named."""
    image = get_image_model().objects.create(title="Stars", file=get_test_image_file())
    for side in club.sides():
        side.product.image = image
        side.product.save()
        ReferenceIndex.create_or_update_for_object(side.product)
    editor = club.people["its_editor"]
    group = Group.objects.create(name="Image editors")
    editor.groups.add(group)
    for permission in Permission.objects.filter(codename__in=["add_image", "change_image"]):
        GroupCollectionPermission.objects.create(
            group=group, collection=image.collection, permission=permission
        )
    client.force_login(editor)
    page = html_of(client.get(reverse("wagtailimages:image_usage", args=[image.pk])))
    assert OTHER not in page
    assert FIRST in page


def test_products_are_not_in_the_index_of_snippets(client, club):
    """They have their own menu item, and without other snippets Wagtail shows no index."""
    for name in sign_in(client, club):
        response = client.get(reverse("wagtailsnippets:index"))
        assert response.status_code == 302, name


def test_home_warns_only_users_who_see_all_payments(client, club):
    Delivery.objects.update(state="failed")
    for name in sign_in(client, club, ["its_onlooker", "its_editor", "outsider"]):
        page = html_of(client.get(reverse("wagtailadmin_home")))
        assert OTHER not in page
        assert "-payer@" not in page
        assert "payments/deliveries" not in page, name


def test_changing_settings_requires_permission(client, club):
    site = Site.objects.get(is_default_site=True)
    url = reverse("wagtailsettings:edit", args=["wagtail_payments", "paymentsettings", site.pk])
    for name in sign_in(client, club):
        response = client.get(url)
        assert (response.status_code == 200) == (name in ("manager", "root")), name
        if response.status_code == 200:
            continue
        client.post(url, {"seller_name": "Somebody else"})
        assert PaymentSettings.objects.get(site=site).seller_name == "Sternwarte Łódź"


def test_a_change_of_settings_is_logged(client, club):
    site = Site.objects.get(is_default_site=True)
    url = reverse("wagtailsettings:edit", args=["wagtail_payments", "paymentsettings", site.pk])
    client.force_login(club.people["manager"])
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url, {**data, "seller_name": "New name"}).status_code == 302
    entry = ModelLogEntry.objects.get(content_type__model="paymentsettings")
    assert entry.user == club.people["manager"]
    assert "New name" not in str(entry.data)


def test_the_group_editor(client, club):
    """Each permission is offered once, with a label. Saving the form keeps them."""
    client.force_login(club.people["root"])
    group = Group.objects.get(name="Payments manager")
    url = reverse("wagtailusers_groups:edit", args=[group.pk])
    form = client.get(url).context["form"]
    offered = [pk for pk, _ in form.fields["permissions"].choices]
    permissions = Permission.objects.filter(content_type__app_label="wagtail_payments")
    shown = [str(pk) for pk in offered if permissions.filter(pk=str(pk)).exists()]
    assert len(shown) == len(set(shown))
    names = [permissions.get(pk=pk).name for pk in shown]
    assert len(names) == len(set(names))
    before = set(group.permissions.values_list("pk", flat=True))
    assert {str(pk) for pk in before} <= {str(pk) for pk in offered}
    page = client.get(url)
    data = group_form_data(page, before, group)
    response = client.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    assert set(group.permissions.values_list("pk", flat=True)) == before


def group_form_data(page, permissions, group):
    data = {"name": group.name, "permissions": sorted(permissions)}
    for panel in page.context["permission_panels"]:
        prefix = panel.prefix
        for name in ("TOTAL_FORMS", "INITIAL_FORMS"):
            data[f"{prefix}-{name}"] = "0"
    return data


def test_permissions_for_one_product_do_not_apply_to_others(client, club):
    """Permission to delete one product doesn't allow adding, copying or deleting another."""
    person = make_user("deleter")
    allow(person, "access_admin")
    for right in (VIEW, DELETE):
        product_grant(right=right, holder=person, product=club.first.new)
    client.force_login(person)
    assert client.get(reverse("wagtail_payments_product:add")).status_code == 302
    url = reverse("wagtail_payments_product:delete", args=[club.other.new.pk])
    assert client.post(url).status_code == 404
    assert Product.objects.count() == 4
