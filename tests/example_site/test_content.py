"""The example site's pages, for visitors and users."""

from urllib.error import HTTPError

import pytest

from example_site.demo.visitor import Visitor

pytestmark = pytest.mark.slow

PAGES = ["/", "/plant-a-tree/", "/grafting-workshop/", "/harvest-box/", "/terms/", "/login/"]


@pytest.mark.parametrize("path", PAGES)
def test_page_has_one_heading_and_no_inline_code(demo, path):
    page = Visitor(demo.url).page(path)
    assert page.count("<h1") == 1
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count('<script type="module" src=')


@pytest.mark.parametrize("path", ["/plant-a-tree/", "/grafting-workshop/", "/harvest-box/"])
def test_selling_page_has_a_payment_block(demo, path):
    page = Visitor(demo.url).page(path)
    assert "data-placement=" in page
    assert "TEST MODE" in page


def test_my_payments_requires_login(demo):
    page = Visitor(demo.url).page("/my-payments/")
    assert "<h1>Log in</h1>" in page
    assert "Receipt" not in page


def test_my_payments_shows_the_users_payments(demo):
    visitor = demo.log_in("paula")
    page = visitor.page("/my-payments/")
    assert page.count("/payments/status/") >= 6
    assert "Log out Paula Birnbaum" in page


def test_the_treasurer_sees_one_products_payments(demo):
    page = demo.log_in("treasurer").page("/admin/payments/payments/")
    assert "Plant a tree" in page
    assert "Harvest box" not in page
    assert "Grafting workshop" not in page


def test_the_admin_sees_all_payments(demo):
    page = demo.log_in("admin").page("/admin/payments/payments/?p=2")
    assert "Plant a tree" in page
    assert "Harvest box" in page


def test_the_editor_sees_products_but_no_payments(demo):
    visitor = demo.log_in("editor")
    assert "Harvest box" in visitor.page("/admin/payments/products/")
    assert "Franziska Reinette" not in visitor.page("/admin/payments/payments/")


def test_past_receipts_can_be_downloaded(demo):
    visitor = demo.log_in("paula")
    page = visitor.page("/my-payments/")
    path = next(part for part in page.split('"') if part.endswith("/receipt/"))
    assert visitor.get(path).startswith(b"%PDF")


def test_modified_link_is_not_found(demo):
    page = demo.log_in("paula").page("/my-payments/")
    path = next(part for part in page.split('"') if part.endswith("/receipt/"))
    token = path.split("/")[-3]
    changed = path.replace(token, ("0" if token[0] != "0" else "1") + token[1:])
    with pytest.raises(HTTPError) as refused:
        Visitor(demo.url).get(changed)
    refused.value.close()
    assert refused.value.code == 404


def test_checkout_without_an_order_is_refused(demo):
    with pytest.raises(HTTPError) as refused:
        Visitor(demo.url).page("/payments/checkout/")
    assert refused.value.code == 400
    assert "no longer valid" in refused.value.read().decode()
