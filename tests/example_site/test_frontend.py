"""The front end on another origin, in a browser: the whole way from the list to the receipt."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_access import AXE, WCAG
from tests.support.browser.acting import fill_card
from tests.support.chromium import launched_chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 15_000
BARRIERS = """(tags) => axe.run(document, {runOnly: tags})
  .then(({violations}) => violations.map(({id, nodes}) => id + ": " + nodes[0].html))"""


@pytest.fixture(scope="module")
def chromium():
    expect.set_options(timeout=PATIENCE)
    with launched_chromium() as browser:
        yield browser


@pytest.fixture
def visit(chromium, demo):
    """Open the front end, as another visitor each time. At the end, no page may have complained."""
    contexts, complaints = [], []

    def complain(message):
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.text} {message.location['url']}")

    def open_page(*, width=1280):
        # The checks are run by a script of their own, which the page's policy wouldn't let in.
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="en-US", bypass_csp=True
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", complain)
        page.goto(f"{demo.frontend}/")
        return page

    open_page.complaints = complaints
    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def barriers(page):
    page.evaluate(AXE.read_text())
    return page.evaluate(BARRIERS, WCAG)


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_whole_journey(visit, width):
    page = visit(width=width)
    page.get_by_label("12 kg").check()
    expect(page.get_by_text("Test mode")).to_be_visible()
    page.get_by_label("How many").fill("2")
    page.get_by_label("Email").fill("zoe@example.org")
    page.get_by_label("Name").fill("Zoë")
    assert barriers(page) == []
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_role("heading", name="One step left")).to_be_focused()
    assert page.context.cookies() == []
    assert barriers(page) == []
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the payment page").click()
    provider = opened.value
    assert provider.evaluate("opener") is None
    fill_card(provider)
    provider.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("heading", name="Success")).to_be_visible()
    expect(page.locator("#facts")).to_contain_text("€49.00")
    expect(page.get_by_role("link", name="Open the payment page")).to_be_hidden()
    assert barriers(page) == []
    assert not scrolls_sideways(page)
    receipt = page.get_by_role("link", name="Download the receipt").get_attribute("href")
    answer = page.request.get(receipt)
    assert answer.body().startswith(b"%PDF")


def test_an_amount_of_ones_own(visit):
    page = visit()
    page.get_by_label("Plant a tree").check()
    amount = page.get_by_label("Amount")
    expect(amount).to_have_value("10.00")
    amount.fill("17.50")
    page.get_by_label("Email").fill("zoe@example.org")
    page.get_by_role("button", name="Go to payment").click()
    expect(page.locator("#facts")).to_contain_text("€17.50")


def test_what_is_wrong_is_said_where_it_is_wrong(visit):
    page = visit()
    button = page.get_by_role("button", name="Go to payment")
    button.click()
    expect(page.get_by_role("alert")).to_have_text("Choose something first.")
    page.get_by_label("12 kg").check()
    page.get_by_label("Email").fill("nobody")
    button.click()
    email = page.get_by_label("Email")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    expect(page.locator("#email-error")).to_contain_text("Enter an email address")
    expect(page.get_by_role("alert")).to_have_text("Correct the marked fields, then try again.")
    assert barriers(page) == []
    forget_refusals(visit)


def test_a_lost_connection_is_said_in_words_and_loses_nothing(visit):
    page = visit()
    page.get_by_label("12 kg").check()
    page.get_by_label("Email").fill("zoe@example.org")
    page.route("**/checkouts/", lambda route: route.abort())
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_role("alert").first).to_contain_text("can’t be reached")
    page.unroute("**/checkouts/")
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_role("heading", name="One step left")).to_be_visible()
    forget_refusals(visit)


def test_an_origin_that_is_not_listed_gets_nothing(visit, demo):
    """The site itself, asked from a page of another origin."""
    page = visit()
    ask = "(url) => fetch(url).then((answer) => answer.status, () => 'refused')"
    assert page.evaluate(ask, f"{demo.url}/payments/api/openapi.json") == 200
    assert page.evaluate(ask, f"{demo.url}/") == "refused"
    page.route("http://elsewhere.test/", lambda route: route.fulfill(body="<title>x</title>"))
    page.goto("http://elsewhere.test/")
    assert page.evaluate(ask, f"{demo.url}/payments/api/openapi.json") == "refused"
    visit.complaints.clear()


def forget_refusals(visit):
    """What was refused on purpose is no error of the page; anything else is."""
    refusals = [each for each in visit.complaints if "/payments/api/checkouts/" in each]
    assert refusals == visit.complaints
    visit.complaints.clear()
