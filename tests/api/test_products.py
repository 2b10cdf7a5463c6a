"""Products for separate front ends: only products on public pages of this site."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction, Site

from tests.api.test_app import post
from tests.support.api import API
from tests.support.factories import make_donation, make_product, make_site, start
from tests.testapp.models import SellingPage
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.tokens import placement_read

pytestmark = [pytest.mark.db, pytest.mark.django_db]

URL = f"{API}products/"


@pytest.fixture(autouse=True)
def site():
    return make_site()


def sell(*products, title="Star night", parent=None, **fields):
    body = [("payment", {"product": product, "button_text": ""}) for product in products]
    page = SellingPage(title=title, slug=str(uuid4()), body=body, **fields)
    parent = parent or Site.objects.get(is_default_site=True).root_page
    return parent.add_child(instance=page)


def names(client):
    response = client.get(URL)
    assert response.status_code == 200
    return [item["name"] for item in response.json()["items"]]


def test_the_data_of_a_product(client, site):
    product = make_product(
        description="An evening.",
        prices=[
            {"amount": 1250, "name": "Adult", "maximum_quantity": 5},
            {"amount": 500, "name": "Child", "stock": 0},
            {"amount": 100, "name": "Old", "active": False},
        ],
    )
    page = sell(product)
    (item,) = client.get(URL).json()["items"]
    assert (item["name"], item["description"]) == ("Star night", "An evening.")
    assert item["key"] == str(product.translation_key)
    assert item["page"] == {"title": "Star night", "url": page.get_full_url()}
    placement = placement_read(item["placement"])
    assert (placement.page_id, placement.product_id, placement.provider) == (
        page.pk,
        product.pk,
        "",
    )
    assert placement.revision_id == Page.objects.get(pk=page.pk).live_revision_id
    adult, child = item["prices"]
    assert (adult["name"], adult["amount"], adult["amount_display"]) == ("Adult", 1250, "€12.50")
    assert (adult["currency"], adult["decimals"], adult["maximum_quantity"]) == ("EUR", 2, 5)
    assert (adult["available"], child["available"]) == (True, False)
    assert child["message"] == "Sold out."


def test_the_data_of_a_donation(client):
    sell(make_donation())
    (price,) = client.get(URL).json()["items"][0]["prices"]
    assert (price["chosen"], price["amount"]) == (True, None)
    assert price["suggestions"] == [{"value": "10.00", "label": "€10.00"}]
    assert "Between" in price["hint"]


def test_the_placement_starts_a_checkout(client):
    page = sell(make_product())
    page.save_revision().publish()
    browser = Client(enforce_csrf_checks=True)
    (item,) = browser.get(URL).json()["items"]
    html = browser.get(page.url).content.decode()
    assert item["placement"] in html
    config = browser.get(f"{API}config/", {"placement": item["placement"]}).json()
    data = {
        "placement": item["placement"],
        "price_key": item["prices"][0]["key"],
        "email": "zoe@example.org",
        "attempt_key": str(uuid4()),
        "ui": "hosted",
    }
    assert post(browser, data, token=config["csrf_token"]).status_code == 201
    payment = Payment.objects.get()
    assert (payment.page_id, payment.page_title) == (page.pk, "Star night")


def restrict(page, kind="login"):
    PageViewRestriction.objects.create(page=page, restriction_type=kind, password="x")


def test_products_on_no_page_are_not_listed(client):
    make_product()
    assert names(client) == []


@pytest.mark.parametrize("fields", [{"active": False}, {"live": False}])
def test_inactive_and_unpublished_products_are_not_listed(client, fields):
    sell(make_product(**fields))
    assert names(client) == []


def test_products_without_a_usable_price_are_not_listed(client):
    sell(make_product(prices=[{"amount": 100, "active": False}]))
    sell(make_product(prices=[{"amount": 100, "currency": "USD"}]))
    assert names(client) == []


def test_products_on_unpublished_pages_are_not_listed(client):
    page = sell(make_product())
    assert names(client) == ["Star night"]
    page.unpublish()
    assert names(client) == []


@pytest.mark.parametrize("kind", ["login", "password", "groups"])
def test_products_on_restricted_pages_are_not_listed(client, kind):
    restrict(sell(make_product()), kind)
    assert names(client) == []
    client.force_login(_root())
    assert names(client) == []


def test_products_below_restricted_pages_are_not_listed(client):
    parent = sell(title="Members")
    restrict(parent)
    sell(make_product(), parent=parent)
    assert names(client) == []


def test_products_of_another_site_are_not_listed(client):
    other = Page.objects.get(depth=1).add_child(instance=Page(title="Other", slug="other"))
    Site.objects.create(hostname="other.example", root_page=other)
    sell(make_product(name="Elsewhere"), parent=other)
    sell(make_product(name="Here"))
    assert names(client) == ["Here"]
    client.defaults["SERVER_NAME"] = "other.example"
    assert names(client) == ["Elsewhere"]


def test_the_first_public_page_in_the_tree_is_used(client):
    product = make_product()
    hidden, first = sell(product, title="Hidden"), sell(product, title="First")
    sell(product, title="Second")
    restrict(hidden)
    (item,) = client.get(URL).json()["items"]
    assert item["page"]["title"] == "First"
    assert placement_read(item["placement"]).page_id == first.pk


def test_payments_reduce_the_available_stock(client):
    product = make_product(prices=[{"amount": 100, "stock": 1}])
    sell(product)
    assert client.get(URL).json()["items"][0]["prices"][0]["available"]
    start(product)
    assert not client.get(URL).json()["items"][0]["prices"][0]["available"]


def test_the_number_of_queries_is_constant(client):
    sell(make_product(prices=[{"amount": 100, "stock": 5}]))
    names(client)
    with CaptureQueriesContext(connection) as few:
        names(client)
    for number in range(4):
        product = make_product(name=f"Night {number}", prices=[{"amount": 100, "stock": 5}] * 2)
        restrict(sell(product))
        sell(product, title=f"Page {number}")
    with CaptureQueriesContext(connection) as many:
        assert len(names(client)) == 5
    assert len(few) == len(many)


def test_without_a_site_nothing_is_listed(client):
    sell(make_product())
    Site.objects.all().delete()
    assert names(client) == []


def test_without_a_provider_nothing_is_listed(client, settings):
    sell(make_product())
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROVIDERS": {}}
    assert names(client) == []


def _root():
    from django.contrib.auth import get_user_model

    return get_user_model().objects.create_superuser("root", password="secret")
