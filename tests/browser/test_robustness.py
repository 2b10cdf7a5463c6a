"""Double clicks, reloads, price changes and lost connections never cause a wrong charge."""

from playwright.sync_api import expect

from tests.support.browser.actions import (
    CHALLENGED,
    PAINTED,
    card_frame,
    fill_in,
    form_of,
    order,
    pay,
    result,
)


def statuses(site, title):
    return [found["status"] for found in site.perform("payments", title=title)]


def test_double_click_creates_one_payment(visit, site):
    before = statuses(site, "Concert")
    page = visit("/concert/")
    fill_in(page).get_by_role("button", name="Pay", exact=True).dblclick()
    card_frame(page)
    pay(page)
    expect(result(page)).to_contain_text("Success")
    assert statuses(site, "Concert") == [*before, "succeeded"]


def test_reload_continues_the_same_payment(visit, site):
    before = statuses(site, "Ticket")
    page = visit("/ticket/")
    order(page)
    page.reload()
    order(page)
    assert statuses(site, "Ticket") == [*before, "pending"]
    pay(page)
    expect(result(page)).to_contain_text("Success")
    assert statuses(site, "Ticket") == [*before, "succeeded"]


def test_price_change_is_shown_before_paying(visit, site):
    page = visit("/dearer/")
    form = fill_in(page)
    with page.expect_response("**/payments/api/config/**"):
        page.reload()
    fill_in(page)
    site.perform("price", title="Dearer", amount=1500)
    form.get_by_role("button", name="Pay", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("€15.00")
    expect(form.locator("output")).to_have_text("€15.00")
    assert statuses(site, "Dearer") == []
    form.get_by_role("button", name="Pay", exact=True).click()
    card_frame(page)
    pay(page)
    expect(result(page)).to_contain_text("€15.00")
    assert statuses(site, "Dearer") == ["succeeded"]


def test_sold_out_product_cannot_be_bought(visit, site):
    site.perform("sell_out", title="Book")
    page = visit("/open-day/")
    book = page.locator("wagtail-payment").nth(1)
    book.scroll_into_view_if_needed()
    expect(book.get_by_text("Sold out.")).to_be_visible()
    expect(book.get_by_role("button", name="Pay", exact=True)).to_be_disabled()
    assert statuses(site, "Book") == []


def test_lost_connection_keeps_the_form(visit, site):
    before = statuses(site, "Ticket")
    page = visit("/ticket/")
    form = fill_in(page)
    page.route("**/payments/api/checkouts/", lambda route: route.abort())
    form.get_by_role("button", name="Pay", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("The connection failed.")
    expect(form.get_by_label("Email")).to_have_value("zoe@example.org")
    assert statuses(site, "Ticket") == before
    page.unroute("**/payments/api/checkouts/")
    form.get_by_role("button", name="Pay", exact=True).click()
    card_frame(page)
    assert statuses(site, "Ticket") == [*before, "pending"]


def test_lost_response_creates_no_second_payment(visit, site):
    """The server starts the payment, but its response is lost."""
    before = statuses(site, "Ticket")
    page = visit("/ticket/")
    form = fill_in(page)

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/payments/api/checkouts/", lose)
    form.get_by_role("button", name="Pay", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("The connection failed.")
    page.unroute("**/payments/api/checkouts/")
    form.get_by_role("button", name="Pay", exact=True).click()
    card_frame(page)
    assert statuses(site, "Ticket") == [*before, "pending"]


def test_retry_after_a_provider_error(visit, site):
    page = visit("/ticket/")
    site.fault("error_500")
    form = fill_in(page)
    form.get_by_role("button", name="Pay", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("Nothing was charged.")
    form.get_by_role("button", name="Pay", exact=True).click()
    pay(page)
    expect(result(page)).to_contain_text("Success")


def test_the_back_button_after_the_hosted_page(visit, site):
    page = visit("/boat/")
    fill_in(page).get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url(site.hosted)
    page.go_back()
    button = form_of(page).get_by_role("button", name="Pay", exact=True)
    expect(button).to_be_enabled()
    fill_in(page)
    button.click()
    page.wait_for_url(site.hosted)
    expect(page.get_by_label("Card number")).to_be_visible()


def test_a_finished_payment_is_not_paid_again(visit, site):
    """A copy of the tab still has the attempt key of the payment."""
    before = statuses(site, "Ticket")
    page = visit("/ticket/")
    order(page)
    key = page.evaluate("JSON.stringify(sessionStorage)")
    pay(page)
    expect(result(page)).to_contain_text("Success")
    page.evaluate("(saved) => Object.assign(sessionStorage, JSON.parse(saved))", key)
    page.reload()
    form = fill_in(page)
    form.get_by_role("button", name="Pay", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("already paid or being processed")
    expect(form.get_by_role("link", name="See that payment")).to_be_visible()
    assert statuses(site, "Ticket") == [*before, "succeeded"]


def test_a_page_from_the_back_forward_cache_is_usable(visit, site):
    """Playwright disables this cache, so the test dispatches its event."""
    before = statuses(site, "Ticket")
    page = visit("/ticket/")
    form = fill_in(page)
    page.route("**/payments/api/checkouts/", lambda route: None)
    button = form.locator("[data-submit]")
    button.click()
    expect(button).to_be_disabled()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_be_enabled()
    expect(button).to_have_attribute("aria-busy", "false")
    assert statuses(site, "Ticket") == before


def test_late_config_does_not_allow_a_second_submit(visit, site):
    held = []

    def hold(route):
        held.append(route)

    page = visit("about:blank")
    page.route("**/payments/api/config/**", hold)
    page.route("**/payments/api/checkouts/", hold)
    page.goto("/ticket/")
    button = fill_in(page).locator("[data-submit]")
    button.click()
    expect(button).to_be_disabled()
    with page.expect_request("**/payments/api/checkouts/"):
        held[0].continue_()
    page.evaluate(PAINTED)
    expect(button).to_be_disabled()
    button.click(force=True)
    page.evaluate(PAINTED)
    assert [route.request.method for route in held] == ["GET", "POST"]


def test_a_reload_during_three_d_secure_charges_once(visit, site):
    before = statuses(site, "Ticket")
    page = visit("/ticket/")
    frame = order(page)
    pay(page, CHALLENGED)
    frame.get_by_role("button", name="Complete").wait_for()
    page.reload()
    order(page)
    assert statuses(site, "Ticket") == [*before, "pending"]
    pay(page)
    expect(result(page)).to_contain_text("Success")
    assert statuses(site, "Ticket") == [*before, "succeeded"]


def test_another_tab_warns_about_a_recent_payment(visit, site):
    page = visit("/ticket/")
    order(page)
    pay(page)
    expect(result(page)).to_contain_text("Success")
    before = statuses(site, "Ticket")
    tab = page.context.new_page()
    tab.goto("/ticket/")
    form = fill_in(tab)
    form.get_by_role("button", name="Pay", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("You have just paid for this.")
    expect(form.get_by_role("link", name="See that payment")).to_be_visible()
    assert statuses(site, "Ticket") == before
    form.get_by_role("button", name="Pay", exact=True).click()
    card_frame(tab)
    assert statuses(site, "Ticket") == [*before, "pending"]
