"""The fake's Stripe.js in a browser, on a site with a strict Content-Security-Policy."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.support.chromium import launched_chromium
from tests.support.stripe_fake.factories import create_session

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = """<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">
<div id="place"></div><button>Pay now</button><output></output>
<script src="{fake}/stripe.js"></script><script src="/shop.js"></script></html>"""
BACK = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Back</title></html>'
SHOP = """
const secret = new URLSearchParams(location.search).get("secret");
const show = (text) => { document.querySelector("output").textContent = text; };
const checkout = Stripe("pk_test_fake").initCheckoutElementsSdk({clientSecret: secret,
  elementsOptions: {appearance: {variables: {colorPrimary: "#123456"}}}});
const element = checkout.createPaymentElement();
element.on("ready", () => show("ready"));
element.mount("#place");
document.querySelector("button").onclick = async () => {
  show("waiting");
  const loaded = await checkout.loadActions();
  const result = await loaded.actions.confirm({redirect: "if_required", returnUrl: location.href});
  show(JSON.stringify(result.error ?? result.session.status));
};
"""


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        fake = self.server.fake.url
        script = self.path == "/shop.js"
        page = BACK if self.path == "/back" else PAGE.format(fake=fake)
        body = (SHOP if script else page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        policy = f"default-src 'none'; script-src 'self' {fake}; frame-src {fake}; img-src data:; "
        self.send_header("Content-Security-Policy", f"{policy} connect-src {fake}; base-uri 'none'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Disable logging."""


@pytest.fixture
def shop(fake):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.fake, server.daemon_threads = fake, True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with launched_chromium() as browser:
        yield browser


@pytest.fixture
def visit(chromium):
    contexts, console_errors = [], []

    def open_page(url, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: console_errors.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and console_errors.append(message.text),
        )
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert console_errors == []


@pytest.fixture
def page(client, shop, visit):
    session = create_session(client, return_url=f"{shop}/back")
    page = visit(f"{shop}/?secret={session.client_secret}")
    expect(page.locator("output")).to_have_text("ready")
    page.session = session.id
    return page


def fill_card(fields, number="4242 4242 4242 4242"):
    fields.get_by_label("Card number").fill(number)
    fields.get_by_label("Expiry date").fill("12 / 34")
    fields.get_by_label("Security code").fill("123")


def pay(page, number="4242 4242 4242 4242"):
    frame = page.frame_locator("iframe")
    fill_card(frame, number)
    page.get_by_role("button", name="Pay now").click()
    return frame


def expect_output(page, text):
    expect(page.locator("output")).to_contain_text(text)


def test_paying_in_the_page_after_a_declined_card(client, page):
    pay(page, "4000 0000 0000 9995")
    expect_output(page, '"paymentFailed":{"declineCode":"insufficient_funds"}')
    pay(page, "4111 2222 3333 4444")
    expect_output(page, '"code":null')
    pay(page)
    expect_output(page, '{"type":"complete","paymentStatus":"paid"}')
    assert client.v1.checkout.sessions.retrieve(page.session).payment_status == "paid"


@pytest.mark.parametrize(
    ("answer", "result"), [("Complete", '"paid"'), ("Fail", '"declineCode":null')]
)
def test_three_d_secure(page, answer, result):
    pay(page, "4000 0025 0000 3155").get_by_role("button", name=answer).click()
    expect_output(page, result)


@pytest.mark.parametrize(
    ("label", "status"),
    [("The money arrives later", "paid"), ("The money never arrives", "unpaid")],
)
def test_delayed_method(fake, client, page, label, status):
    fake.settle_after = 0.1
    frame = page.frame_locator("iframe")
    frame.get_by_label("Bank debit").check()
    frame.get_by_label(label).check()
    page.get_by_role("button", name="Pay now").click()
    expect_output(page, '"paymentStatus":"unpaid"')
    fake.timers[0].join()
    assert client.v1.checkout.sessions.retrieve(page.session).payment_status == status


@pytest.mark.parametrize(("link", "status"), [("Authorize", "paid"), ("Refuse", "unpaid")])
def test_bank_redirect(client, page, link, status):
    page.frame_locator("iframe").get_by_label("Bank redirect").check()
    page.get_by_role("button", name="Pay now").click()
    page.get_by_role("link", name=link).click()
    page.wait_for_url("**/back")
    assert client.v1.checkout.sessions.retrieve(page.session).payment_status == status
