"""Actions of a visitor in the browser."""

GOOD = "4242 4242 4242 4242"
CHALLENGED = "4000 0025 0000 3155"

# Wait for a repaint: a click right after scrolling may reach the wrong frame.
PAINTED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"""


def form_of(page):
    return page.locator("wagtail-payment").first


def fill_in(page, *, email="zoe@example.org"):
    form = form_of(page)
    form.get_by_label("Email").fill(email)
    return form


def order(page, *, button="Pay"):
    """Submit the order form; return the frame with the card fields."""
    form = fill_in(page)
    form.get_by_role("button", name=button, exact=True).click()
    return card_frame(page)


def card_frame(page):
    frame = page.frame_locator("wagtail-payment iframe")
    frame.get_by_label("Card number").wait_for()
    return frame


def fill_card(fields, number=GOOD):
    fields.get_by_label("Card number").fill(number)
    fields.get_by_label("Expiry date").fill("12 / 34")
    fields.get_by_label("Security code").fill("123")


def pay(page, number=GOOD):
    """Enter a card in the frame, and confirm."""
    fill_card(card_frame(page), number)
    button = page.get_by_role("button", name="Pay now")
    button.scroll_into_view_if_needed()
    page.evaluate(PAINTED)
    button.click()


def result(page):
    return page.locator("wagtail-payment-status:visible")
