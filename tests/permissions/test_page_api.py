"""Wagtail's API for pages (8.0): it exposes no models, and blocks check permissions there, too."""

import json

import pytest
import wagtail
from django.apps import apps

from tests.permissions.test_blocks import block, shop, state
from tests.support.factories import make_product
from tests.testapp.models import SellingPage
from wagtail_payments.permissions import CHOOSE, product_grant

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(wagtail.VERSION < (8, 0), reason="Wagtail 7.4 has no such API."),
]

__all__ = ["shop"]


@pytest.fixture
def api(shop):
    """A client with a token and without a session."""
    from wagtail.models import APIToken

    shop.logout()
    _token, text = APIToken.create_token(user=shop.editor, name="Tests")
    shop.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return shop


def body_of(product):
    return [block(product)]


def create(api, product, action):
    data = {
        "meta": {"type": "testapp.SellingPage", "parent_id": api.home.pk, **action},
        "title": "Sale",
        "slug": "sale",
        "body": body_of(product),
    }
    return api.post("/api/v3/pages/", json.dumps(data), content_type="application/json")


def update(api, product, action):
    data = {
        "meta": {"type": "testapp.SellingPage", **action},
        "body": body_of(product),
    }
    url = f"/api/v3/pages/{api.page.pk}/"
    return api.patch(url, json.dumps(data), content_type="application/json")


ACTIONS = ({}, {"action": "publish"})
"""Save the draft, and publish."""


@pytest.mark.parametrize("action", ACTIONS)
def test_a_page_with_a_forbidden_product_is_refused(api, action):
    before = state()
    response = create(api, api.forbidden, action)
    assert response.status_code in (400, 422), response.content
    assert [error["loc"] for error in response.json()["errors"]] == [["body"]]
    assert state() == before
    response = update(api, api.forbidden, action)
    assert response.status_code in (400, 422)
    assert state() == before


@pytest.mark.parametrize("action", ACTIONS)
def test_a_permitted_product_is_accepted(api, action):
    response = create(api, api.permitted, action)
    assert response.status_code == 201, response.content
    page = SellingPage.objects.get(slug="sale")
    assert page.get_latest_revision_as_object().body[0].value["product"] == api.permitted


def test_a_granted_permission_is_enough(api):
    product_grant(right=CHOOSE, holder=api.editor, product=api.forbidden)
    assert update(api, api.forbidden, {}).status_code == 200


def test_the_api_has_no_models_of_this_package(api):
    """Pages, sites and users, but no snippets and no models of this package."""
    schema = api.get("/api/v3/openapi.json").json()
    labels = [model._meta.label for model in apps.get_app_config("wagtail_payments").get_models()]
    text = json.dumps(schema)
    assert not [label for label in labels if label in text]
    types = api.get("/api/v3/schema/").json()
    assert "testapp.SellingPage" in json.dumps(types)
    assert "wagtail_payments" not in json.dumps(types)


def test_a_page_contains_only_the_products_id(client, api):
    make_product(name="Something else")
    for caller in (api, client):
        page = caller.get(f"/api/v3/pages/{api.page.pk}/")
        assert page.status_code == 200, page.content
        assert page.json()["body"][0]["value"]["product"] == api.forbidden.pk
        assert api.forbidden.name not in page.content.decode()
