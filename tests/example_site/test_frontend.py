"""The front end on another origin, in a browser, from the product list to the receipt."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_access import AXE, WCAG
from tests.support.browser.actions import fill_card
from tests.support.chromium import launched_chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TIMEOUT = 15_000
RUN_AXE = """(tags) => axe.run(document, {runOnly: tags})
  .then(({violations}) => violations.map(({id, nodes}) => id + ": " + nodes[0].html))"""


@pytest.fixture(scope="module")
def chromium():
    expect.set_options(timeout=TIMEOUT)
    with launched_chromium() as browser:
        yield browser


@pytest.fixture
def visit(chromium, demo):
    """Open the front end in a new browser context. Fail at the end if a page logged an error."""
    contexts, console_errors = [], []

    def record_error(message):
        if message.type in {"error", "warning"}:
            console_errors.append(f"{message.text} {message.location['url']}")

    def open_page(*, width=1280):
        # The page's Content-Security-Policy would block axe.
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="en-US", bypass_csp=True
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: console_errors.append(str(error)))
        page.on("console", record_error)
        page.goto(f"{demo.frontend}/")
        return page

    open_page.console_errors = console_errors
    yield open_page
    for context in contexts:
        context.close()
    assert console_errors == []


def violations(page):
    page.evaluate(AXE.read_text())
    return page.evaluate(RUN_AXE, WCAG)


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_payment_from_start_to_receipt(visit, width):
    page = visit(width=width)
    page.get_by_label("12 kg").check()
    expect(page.get_by_text("Test mode")).to_be_visible()
    page.get_by_label("How many").fill("2")
    page.get_by_label("Email").fill("zoe@example.org")
    page.get_by_label("Name").fill("Zoë")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_role("heading", name="One step left")).to_be_focused()
    assert page.context.cookies() == []
    assert violations(page) == []
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the payment page").click()
    provider = opened.value
    assert provider.evaluate("opener") is None
    fill_card(provider)
    provider.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("heading", name="Success")).to_be_visible()
    expect(page.locator("#facts")).to_contain_text("€49.00")
    expect(page.get_by_role("link", name="Open the payment page")).to_be_hidden()
    assert violations(page) == []
    assert not scrolls_sideways(page)
    receipt = page.get_by_role("link", name="Download the receipt").get_attribute("href")
    response = page.request.get(receipt)
    assert response.body().startswith(b"%PDF")


def test_amount_chosen_by_the_payer(visit):
    page = visit()
    page.get_by_label("Plant a tree").check()
    amount = page.get_by_label("Amount")
    expect(amount).to_have_value("10.00")
    amount.fill("17.50")
    page.get_by_label("Email").fill("zoe@example.org")
    page.get_by_role("button", name="Go to payment").click()
    expect(page.locator("#facts")).to_contain_text("€17.50")


def test_invalid_fields_show_errors(visit):
    page = visit()
    button = page.get_by_role("button", name="Go to payment")
    button.click()
    expect(page.get_by_role("alert")).to_have_text("Choose something first.")
    page.get_by_label("12 kg").check()
    page.get_by_label("Email").fill("zoe")
    button.click()
    email = page.get_by_label("Email")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    expect(page.locator("#email-error")).to_contain_text("Enter an email address")
    expect(page.get_by_role("alert")).to_have_text("Correct the marked fields, then try again.")
    assert violations(page) == []
    ignore_refused_checkouts(visit)


def test_lost_connection_shows_an_error_and_keeps_the_form(visit):
    page = visit()
    page.get_by_label("12 kg").check()
    page.get_by_label("Email").fill("zoe@example.org")
    page.route("**/checkouts/", lambda route: route.abort())
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_role("alert").first).to_contain_text("can’t be reached")
    page.unroute("**/checkouts/")
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_role("heading", name="One step left")).to_be_visible()
    ignore_refused_checkouts(visit)


def test_unlisted_origin_is_refused(visit, demo):
    """Request the site from pages of other origins."""
    page = visit()
    status = "(url) => fetch(url).then((answer) => answer.status, () => 'refused')"
    assert page.evaluate(status, f"{demo.url}/payments/api/openapi.json") == 200
    assert page.evaluate(status, f"{demo.url}/") == "refused"
    page.route("http://elsewhere.test/", lambda route: route.fulfill(body="<title>x</title>"))
    page.goto("http://elsewhere.test/")
    assert page.evaluate(status, f"{demo.url}/payments/api/openapi.json") == "refused"
    visit.console_errors.clear()


def ignore_refused_checkouts(visit):
    """Ignore errors about refused checkouts, and fail on any other error."""
    refused = [each for each in visit.console_errors if "/payments/api/checkouts/" in each]
    assert refused == visit.console_errors
    visit.console_errors.clear()
