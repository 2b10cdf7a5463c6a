"""Complete payments in a browser, with a Content-Security-Policy that forbids inline code."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.support.browser.actions import (
    CHALLENGED,
    card_frame,
    fill_card,
    fill_in,
    form_of,
    order,
    pay,
    result,
)
from wagtail_payments.providers.types import DeclineReason
from wagtail_payments.selectors.payments.declines import decline_message

DECLINED_CARDS = {
    "4000 0000 0000 0002": DeclineReason.GENERIC,
    "4000 0000 0000 9995": DeclineReason.INSUFFICIENT_FUNDS,
    "4000 0000 0000 0069": DeclineReason.EXPIRED_CARD,
    "4000 0000 0000 0127": DeclineReason.INCORRECT_CVC,
    "4000 0000 0000 0119": DeclineReason.PROCESSING_ERROR,
}


def receipt_text(page):
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the receipt").click()
    content = download.value.path().read_bytes()
    return "\n".join(pdf_page.extract_text() for pdf_page in PdfReader(io.BytesIO(content)).pages)


def expect_success(page, amount="€12.50"):
    shown = result(page)
    expect(shown).to_contain_text("Success")
    expect(shown).to_contain_text(amount)
    expect(shown).to_contain_text("Visa •••• 4242")
    expect(shown).to_contain_text("TEST MODE")
    expect(shown.locator("[data-fact=id]")).to_have_text(re.compile(r"^[0-9a-f-]{36}$"))


@pytest.mark.parametrize("width", [390, 1280])
def test_paying_in_the_page(visit, width):
    page = visit("/ticket/", width=width)
    page.evaluate("window.stayed = true")
    order(page)
    pay(page)
    expect_success(page)
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = receipt_text(page)
    assert "Sternwarte Łódź" in text
    assert re.search(r"TEST-ST-\d{4}-\d{5}", text)
    assert "€12.50" in text
    assert result(page).locator("[data-fact=id]").inner_text() in text.replace("\n", "")


@pytest.mark.parametrize("width", [390, 1280])
def test_paying_on_the_hosted_page(visit, site, width):
    page = visit("/boat/", width=width)
    fill_in(page).get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url(site.hosted)
    fill_card(page)
    page.get_by_role("button", name="Pay €12.50").click()
    page.wait_for_url("**/payments/status/**")
    expect_success(page)
    assert "Sternwarte Łódź" in receipt_text(page)


@pytest.mark.parametrize("path", ["/ticket/", "/boat/"])
def test_paying_without_javascript(visit, path):
    page = visit(path, java_script_enabled=False)
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Pay", exact=True).click()
    assert "example.org" not in page.url
    expect(page.get_by_label("Quantity")).to_have_value("2")
    page.get_by_label("Name").fill("Zoë")
    page.get_by_role("button", name="Continue to the payment page").click()
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_value("Zoë")
    page.get_by_label("Email").fill("zoe@example.org")
    page.get_by_role("button", name="Continue to the payment page").click()
    fill_card(page)
    page.get_by_role("button", name="Pay €25.00").click()
    page.wait_for_url("**/payments/status/**")
    expect_success(page, "€25.00")
    assert "€25.00" in receipt_text(page)


def test_amount_chosen_by_the_payer(visit):
    page = visit("/donate/")
    form = fill_in(page)
    form.get_by_label("€25.00").check()
    expect(form.locator("output")).to_have_text("€25.00")
    form.get_by_label("Other amount").fill("12,50")
    form.get_by_role("button", name="Donate").click()
    amount = form.get_by_label("Other amount")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_be_focused()
    expect(form.get_by_text("Enter the amount in digits")).to_be_visible()
    amount.fill("33.50")
    expect(form.get_by_label("€25.00")).not_to_be_checked()
    expect(form.locator("output")).to_have_text("€33.50")
    form.get_by_role("button", name="Donate").click()
    pay(page)
    expect_success(page, "€33.50")


def test_choosing_one_of_several_prices(visit):
    page = visit("/open-day/")
    form = fill_in(page)
    form.get_by_label("Child").check()
    form.get_by_label("Quantity").and_(form.locator(":visible")).fill("3")
    expect(form.locator("output")).to_have_text("€27.00")
    form.get_by_role("button", name="Pay", exact=True).click()
    pay(page)
    expect_success(page, "€27.00")


def test_currencies_with_zero_and_three_decimals(visit):
    page = visit("/abroad/")
    yen, dinar = page.locator("wagtail-payment").all()
    yen.get_by_label("Quantity").fill("2")
    expect(yen.locator("output")).to_have_text("¥2,500")
    amount = dinar.get_by_label("Amount (KWD)")
    amount.fill("1.2505")
    expect(dinar.locator("output")).to_have_text("–")
    dinar.get_by_label("Email").fill("zoe@example.org")
    dinar.get_by_role("button", name="Donate").click()
    expect(dinar.get_by_text("KWD has 3 decimals")).to_be_visible()
    amount.fill("1.250")
    expect(dinar.locator("output")).to_have_text("KWD\N{NO-BREAK SPACE}1.250")
    dinar.get_by_role("button", name="Donate").click()
    pay(page)
    expect_success(page, "KWD\N{NO-BREAK SPACE}1.250")


@pytest.mark.parametrize("answer", ["Complete", "Fail"])
def test_three_d_secure(visit, site, answer):
    page = visit("/ticket/")
    frame = order(page)
    pay(page, CHALLENGED)
    frame.get_by_role("button", name=answer).click()
    if answer == "Fail":
        expect(page.get_by_role("alert").get_by_text(site.unconfirmed)).to_be_visible()
        pay(page)
    expect(result(page)).to_contain_text("Success")


def test_each_decline_reason_has_its_own_message(visit, site):
    page = visit("/guided-tour/")
    order(page)
    for number, reason in DECLINED_CARDS.items():
        pay(page, number)
        expect(form_of(page).get_by_role("alert")).to_have_text(decline_message(reason))
    assert [found["status"] for found in site.perform("payments", title="Guided tour")] == [
        "pending"
    ]
    pay(page)
    expect_success(page)
    assert [found["status"] for found in site.perform("payments", title="Guided tour")] == [
        "succeeded"
    ]


@pytest.mark.parametrize(
    ("outcome", "end"),
    [("The money arrives later", "Success"), ("The money never arrives", "Failed")],
)
def test_delayed_payment_method(visit, outcome, end):
    page = visit("/ticket/")
    frame = order(page)
    frame.get_by_label("Bank debit").check()
    frame.get_by_label(outcome).check()
    page.get_by_role("button", name="Pay now").click()
    expect(result(page)).to_contain_text("Pending")
    expect(result(page)).to_contain_text(end)
    expect(page.get_by_role("button", name="Try again")).to_be_visible(visible=end == "Failed")


def test_the_form_can_be_changed_before_paying(visit):
    page = visit("/ticket/")
    order(page)
    page.get_by_role("button", name="Change my details").click()
    form_of(page).get_by_label("Quantity").fill("2")
    form_of(page).get_by_role("button", name="Pay", exact=True).click()
    card_frame(page)
    expect(form_of(page).locator("[data-pay]")).to_contain_text("€25.00")
    pay(page)
    expect_success(page, "€25.00")


def test_payment_is_in_the_history_of_a_signed_in_payer(visit, site):
    page = visit("/payments/history/")
    page.get_by_label("Username").fill("zoe")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("There are no payments yet.")).to_be_visible()
    page.goto("/ticket/")
    expect(form_of(page).get_by_label("Email")).to_have_value("zoe@example.org")
    form_of(page).get_by_role("button", name="Pay", exact=True).click()
    pay(page)
    expect_success(page)
    page.goto("/payments/history/")
    row = page.get_by_role("row", name="Ticket")
    expect(row).to_contain_text("Paid")
    with page.expect_download():
        row.get_by_role("link", name="Receipt").click()


def test_status_link_shows_the_result_without_the_email(visit, site):
    page = visit("/ticket/")
    frame = order(page)
    frame.get_by_label("Bank debit").check()
    frame.get_by_label("The money arrives later").check()
    page.get_by_role("button", name="Pay now").click()
    expect(result(page)).to_contain_text("Pending")
    link = page.get_by_role("link", name="Open or bookmark").get_attribute("href")
    other = visit(link)
    expect(other.get_by_role("heading", name="Success")).to_be_visible()
    assert "zoe@" not in other.content()
