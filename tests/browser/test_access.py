"""The accessibility, keyboard support and size of the payment block."""

import gzip
import re
import urllib.request
from pathlib import Path

import axe_core_python
import pytest
from playwright.sync_api import expect

from tests.support.browser.actions import card_frame, fill_in, form_of, order, pay, result

AXE = next(Path(axe_core_python.__file__).parent.rglob("axe.min.js"))
BUDGET = 10_000
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """(tags) => axe.run({include: [["wagtail-payment, .wp"]]}, {runOnly: tags, iframes: false})
  .then(({violations}) => violations.map(({id, nodes}) => id + ": " + nodes[0].html))"""


def violations(page):
    page.evaluate(AXE.read_text())
    return page.evaluate(CHECK, WCAG)


def fetch(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as response:
        return response.read()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_checkout_steps_are_accessible(visit, width, scheme):
    page = visit("/ticket/", width=width, color_scheme=scheme)
    assert violations(page) == []
    form_of(page).get_by_role("button", name="Pay", exact=True).click()
    assert violations(page) == []
    order(page)
    assert violations(page) == []
    pay(page)
    expect(result(page)).to_contain_text("Success")
    assert violations(page) == []
    page.get_by_role("link", name="Open or bookmark").click()
    expect(page.get_by_role("heading", name="Success")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/donate/", "/open-day/"])
def test_forms_are_accessible(visit, path):
    assert violations(visit(path)) == []


def test_checkout_page_is_accessible(visit):
    page = visit("/boat/", java_script_enabled=False)
    page.get_by_role("button", name="Pay", exact=True).click()
    assert violations(visit(page.url)) == []
    page.get_by_role("button", name="Continue to the payment page").click()
    described = page.get_by_label("Email").get_attribute("aria-describedby").split()
    texts = [page.locator(f"#{name}").inner_text() for name in described]
    assert any("Enter an email address" in text for text in texts)


def test_error_is_linked_to_its_field(visit):
    page = visit("/ticket/")
    form_of(page).get_by_role("button", name="Pay", exact=True).click()
    field = form_of(page).get_by_label("Email")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("fill out this field"))
    field.fill("zoe@example.org")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_paying_with_the_keyboard_only(visit):
    page = visit("/ticket/")
    page.keyboard.press("Tab")
    expect(form_of(page).get_by_label("Quantity")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("zoe@example.org")
    page.keyboard.press("Enter")
    fields = card_frame(page)
    expect(form_of(page).locator("[data-pay]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(fields.get_by_label("Card number")).to_be_focused()
    page.keyboard.type("4242424242424242")
    page.keyboard.press("Tab")
    page.keyboard.type("12 / 34")
    page.keyboard.press("Tab")
    page.keyboard.type("123")
    button = page.get_by_role("button", name="Pay now")
    for _ in range(4):
        page.keyboard.press("Tab")
        if button.evaluate("(element) => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(result(page)).to_contain_text("Success")
    expect(result(page)).to_be_focused()


def test_button_is_disabled_and_busy_while_submitting(visit):
    page = visit("/ticket/")
    form = fill_in(page)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/payments/api/checkouts/", hold)
    button = form.locator("[data-submit]")
    with page.expect_request("**/payments/api/checkouts/"):
        button.click()
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(form_of(page).locator("[data-live]")).to_have_text("One moment…")
    held[0].continue_()
    card_frame(page)
    expect(form_of(page).locator("[data-live]")).to_have_text("Now enter your payment details.")


def test_touch_targets_are_large_enough(visit):
    page = visit("/donate/", width=390)
    boxes = page.locator("wagtail-payment").locator(".wp-chip, input:not([type=radio]), button")
    visible = [box for box in boxes.all() if box.is_visible()]
    assert len(visible) >= 6
    assert min(box.bounding_box()["height"] for box in visible) >= 44


def test_two_visitors_get_the_same_html(site):
    headers = {"Cookie": f"sessionid=abc; csrftoken={'a' * 32}"}
    with urllib.request.urlopen(f"{site.url}/ticket/") as response:
        assert response.headers.get("Set-Cookie") is None
        assert response.read() == fetch(f"{site.url}/ticket/", headers)


def test_scripts_and_styles_stay_under_ten_kilobytes(visit):
    loaded = set()
    page = visit("about:blank")
    page.on("response", lambda response: loaded.add(response.url))
    page.goto("/ticket/")
    order(page)
    pay(page)
    expect(result(page)).to_contain_text("Success")
    files = {url.rsplit("/", 1)[1]: url for url in loaded if re.search(r"\.(js|css)$", url)}
    sizes = {name: len(gzip.compress(fetch(url), mtime=0)) for name, url in files.items()}
    assert {"checkout.js", "form.js", "status.js", "element.js", "payments.css"} <= set(sizes)
    assert sum(sizes.values()) < BUDGET, sizes
