"""Expired receipt links: the page sends a new one by email, without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_access import violations
from tests.support.browser.actions import order, pay, result


@pytest.mark.parametrize("width", [390, 1280])
def test_requesting_a_new_link(visit, site, width):
    page = visit("/concert/", width=width)
    order(page)
    pay(page)
    expect(result(page)).to_contain_text("Success")
    link = page.get_by_role("link", name="Open or bookmark").get_attribute("href")
    site.perform("age_receipts", title="Concert", days=31)
    page = visit(link, width=width, java_script_enabled=False)
    expect(page.get_by_role("link", name="Download the receipt")).to_have_count(0)
    assert violations(visit(link, width=width)) == []
    page.get_by_role("button", name="Email me a new link").click()
    expect(page.get_by_text("a new receipt link is on its way")).to_be_visible()
    expect(page.get_by_role("button", name="Email me a new link")).to_have_count(0)
    assert violations(visit(page.url, width=width)) == []
