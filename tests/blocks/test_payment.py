"""The payment block: the same HTML for all visitors, few queries, disabled in previews."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Page

from tests.support.factories import make_donation, make_product, make_site, make_user
from tests.testapp.models import SellingPage
from wagtail_payments.blocks.payment import PaymentBlock
from wagtail_payments.blocks.products import ProductChooserBlock
from wagtail_payments.models import PaymentSettings, Product
from wagtail_payments.selectors.payments.tokens import placement_read

pytestmark = pytest.mark.django_db


def block_of(product, **changes):
    value = {"product": product.pk, "button_text": "", "layout": "card", "ui": "inline"}
    return {"type": "payment", "value": {**value, **changes}}


def make_page(*blocks):
    site = make_site()
    home = Page.objects.get(pk=site.root_page_id)
    page = home.add_child(instance=SellingPage(title="Sale", body=json.dumps(blocks)))
    page.save_revision().publish()
    return SellingPage.objects.get(pk=page.pk)


def shown(client, page):
    return client.get(page.url).content.decode()


def placements(html):
    return re.findall(r'data-placement="([^"]+)"', html)


def queries_of(client, page):
    client.get(page.url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page.url).status_code == 200
    return len(captured)


def cleaned(product, **changes):
    block = PaymentBlock()
    value = {"product": product, "button_text": "", "layout": "card", "ui": "inline", **changes}
    return block.clean(block.normalize(value))


def product_error(product):
    with pytest.raises(StructBlockValidationError) as caught:
        cleaned(product)
    assert list(caught.value.block_errors) == ["product"]
    return caught.value.block_errors["product"].message


def test_the_placement_contains_page_revision_and_product(client):
    product = make_product()
    page = make_page(block_of(product))
    (token,) = placements(shown(client, page))
    placement = placement_read(token)
    assert (placement.page_id, placement.product_id) == (page.pk, product.pk)
    assert placement.revision_id == page.live_revision_id is not None


def test_every_visitor_gets_the_same_html(client):
    page = make_page(block_of(make_product()), block_of(make_donation()))
    anonymous = shown(client, page)
    client.force_login(make_user())
    response = client.get(page.url)
    assert response.content.decode() == anonymous
    assert not response.cookies
    assert "zoe@" not in anonymous
    assert "csrf" not in anonymous.lower()


def test_three_blocks_need_at_most_three_queries(client):
    products = [make_product(name=name) for name in ("One", "Two", "Three")]
    page = make_page(*[block_of(product) for product in products])
    empty = make_page({"type": "text", "value": "<p>Nothing for sale</p>"})
    PaymentSettings.for_site(page.get_site())
    assert queries_of(client, page) - queries_of(client, empty) <= 3


def test_a_product_can_be_used_twice_on_a_page(client):
    product = make_product()
    html = shown(client, make_page(block_of(product), block_of(product)))
    assert len(placements(html)) == 2
    assert not re.search(r'\bid="wp', html)


def test_a_page_with_a_deleted_product_works(client):
    product = make_product()
    page = make_page(block_of(product), block_of(make_product(name="Other")))
    product.delete()
    html = shown(client, page)
    assert len(placements(html)) == 1
    assert "for sale at the moment" in html


def test_pages_contain_no_inline_code(client):
    html = shown(client, make_page(block_of(make_donation()), block_of(make_product())))
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", html)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"live": False}, "published"),
        ({"active": False}, "active"),
        ({"prices": [{"amount": 100, "active": False}]}, "no active price"),
        ({"prices": [{"amount": 100, "currency": "CHF"}]}, "CHF"),
    ],
)
def test_a_product_that_cannot_be_sold_is_a_field_error(fields, message):
    assert message in product_error(make_product(**fields))


def test_a_product_for_sale_is_accepted():
    product = make_product()
    assert cleaned(product)["product"] == product


def test_a_draft_page_can_contain_an_unpublished_product():
    product = make_product(live=False)
    block = PaymentBlock()
    value = {"product": product, "button_text": "", "layout": "card", "ui": "inline"}
    assert block.clean_deferred(block.normalize(value))["product"] == product
    assert "published" in product_error(product)


def test_an_editor_sees_the_error_at_the_field(admin_client):
    page = make_page(block_of(make_product()))
    hidden = make_product(name="Hidden", active=False)
    data = {
        "title": page.title,
        "slug": page.slug,
        "body-count": "1",
        "body-0-type": "payment",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value-product": str(hidden.pk),
        "body-0-value-button_text": "",
        "body-0-value-layout": "card",
        "body-0-value-ui": "inline",
        "action-publish": "1",
    }
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = admin_client.post(url, data)
    assert response.status_code == 200
    assert "Activate it first." in response.content.decode()
    assert SellingPage.objects.get(pk=page.pk).body[0].value["product"].name != "Hidden"


def test_a_preview_has_a_disabled_form(admin_user):
    page = make_page(block_of(make_product()))
    html = page.make_preview_request().render().content.decode()
    assert "Star night" in html
    assert "This is a preview. Payments are disabled here." in html
    assert '<fieldset class="wp-fields" disabled>' in html
    assert placements(html) == []
    assert 'name="placement"' not in html


def test_a_preview_shows_why_a_product_cannot_be_sold():
    page = make_page(block_of(make_product(active=False)))
    response = page.make_preview_request()
    assert "is not active" in response.render().content.decode()


def test_the_block_picker_shows_a_disabled_example(admin_client):
    block = SellingPage._meta.get_field("body").stream_block.child_blocks["payment"]
    assert block.is_previewable
    assert block.get_description()
    url = reverse("wagtailadmin_block_preview")
    html = admin_client.get(url, {"id": block.definition_prefix}).content.decode()
    assert "A ticket or a donation" in html
    assert "This is a preview" in html
    assert placements(html) == []
    assert Product.objects.count() == 0


def test_without_a_request_the_block_has_no_form():
    page = make_page(block_of(make_product()))
    html = Template("{{ page.body }}").render(Context({"page": page}))
    assert "include_block" in html
    assert placements(html) == []


def test_include_block_passes_the_context():
    page = make_page(block_of(make_product()))
    template = Template("{% load wagtailcore_tags %}{% include_block page.body %}")
    request = RequestFactory().get("/")
    html = template.render(Context({"page": page, "request": request}))
    assert len(placements(html)) == 1


def test_button_texts(client):
    html = shown(client, make_page(block_of(make_donation()), block_of(make_product())))
    assert re.findall(r"data-submit>(\w+)<", html) == ["Donate", "Pay"]
    html = shown(client, make_page(block_of(make_product(), button_text="Come along")))
    assert "data-submit>Come along<" in html


def test_prices_are_shown_with_their_names_and_amounts(client):
    prices = [
        {"name": "Adult", "amount": 1800},
        {"name": "Early", "amount": 900, "sold_until": timezone.now() - timedelta(days=1)},
        {"name": "Child", "amount": 50, "currency": "KWD"},
    ]
    html = shown(client, make_page(block_of(make_product(prices=prices))))
    assert "Adult" in html
    assert "€18.00" in html
    assert "KWD\N{NO-BREAK SPACE}0.050" in html
    assert "Early" not in html


def test_the_texts_of_a_donation(client):
    page = make_page(block_of(make_donation(suggested=[1000, 2500])))
    html = shown(client, page)
    assert "Between €5.00 and €1,000.00." in html
    assert 'value="25.00"' in html
    with translation.override("de"):
        assert "5,00\N{NO-BREAK SPACE}€" in PaymentBlock().render(page.body[0].value)


def test_the_terms_are_linked(client):
    page = make_page(block_of(make_product()))
    make_site(terms_url="https://example.org/terms/")
    assert 'href="https://example.org/terms/"' in shown(client, page)


def test_test_mode_is_marked(client):
    assert "TEST MODE" in shown(client, make_page(block_of(make_product())))


def test_products_are_returned_in_the_requested_order():
    first, second = make_product(name="One"), make_product(name="Two")
    found = ProductChooserBlock().bulk_to_python([second.pk, None, first.pk, 10**6, second.pk])
    assert found == [second, None, first, None, second]
