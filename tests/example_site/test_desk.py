"""The accessibility of the finance desk, on phones and desktops, in light and dark mode."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_access import AXE, WCAG
from tests.support.chromium import launched_chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TIMEOUT = 15_000
RUN_AXE = """(tags) => axe.run({include: [["main"]]}, {runOnly: tags})
  .then(({violations}) => violations.map(({id, nodes}) => id + ": " + nodes[0].html))"""

SCREENS = (
    "overview/",
    "overview/?unit=day",
    "payments/",
    "payments/?q=example.org",
    "receipts/",
    "credit-notes/",
    "reports/revenue/",
    "reports/revenue/?unit=day&split=product&period=last_year",
    "reports/products/",
    "reports/payers/",
    "reports/refunds/",
    "accounting/",
    "exports/",
)

# Violations that Wagtail's own screens have too.
WAGTAIL_VIOLATIONS = (
    "page-has-heading-one",
    "heading-order",
    "region",
    "landmark",
    "empty-table-header",
)


@pytest.fixture(scope="module")
def chromium():
    expect.set_options(timeout=TIMEOUT)
    with launched_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in(chromium, demo):
    """Return the cookies of a superuser."""
    context = chromium.new_context(base_url=demo.url, locale="en-US")
    page = context.new_page()
    page.goto("/admin/login/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill("admin-orchard")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="payments this month").wait_for()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(chromium, demo, signed_in):
    """Open screens of the Payments menu. Fail at the end if a page logged an error."""
    contexts, console_errors = [], []

    def open_page(path, *, width=1280, scheme="light"):
        context = chromium.new_context(
            base_url=demo.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            storage_state=signed_in,
            locale="en-US",
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: console_errors.append(str(error)))
        page.on("console", lambda m: console_errors.append(m.text) if m.type == "error" else None)
        page.goto(f"/admin/payments/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert console_errors == []


def violations(page):
    page.evaluate(AXE.read_text())
    return [one for one in page.evaluate(RUN_AXE, WCAG) if not one.startswith(WAGTAIL_VIOLATIONS)]


@pytest.mark.parametrize("path", SCREENS)
def test_screens_are_accessible(visit, path):
    assert violations(visit(path)) == []
    assert violations(visit(path, width=390, scheme="dark")) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_payment_and_refund_screens_are_accessible(visit, width, scheme):
    page = visit("payments/?status=succeeded", width=width, scheme=scheme)
    page.locator("table.listing tbody a").first.click()
    expect(page.get_by_role("heading", name="What the payer saw")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Refund", exact=True).click()
    expect(page.get_by_role("button", name="Refund", exact=True)).to_be_visible()
    assert violations(page) == []


def test_chart_can_be_opened_as_a_table_by_keyboard(visit):
    page = visit("overview/")
    summary = page.get_by_text("As a table").first
    summary.focus()
    page.keyboard.press("Enter")
    rows = page.locator("details[open] tbody tr")
    assert rows.count() == 12
    assert page.locator("svg[role=img] rect").count() == 12


def test_menu_links(visit):
    page = visit("overview/")
    page.get_by_role("button", name="Payments TEST").click()
    for name in ("Overview", "Payments", "Products", "Receipts", "Settings"):
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
    page.get_by_role("navigation").get_by_role("button", name="Reports", exact=True).first.click()
    for name in ("Revenue", "By product", "Payers", "Refunds and disputes"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_role("link", name="Payers", exact=True).click()
    expect(page.locator("main").get_by_text("Payers").first).to_be_visible()
