"""Takes the documentation's screenshots from the running example site.

Run ``make demo``, then ``.venv/bin/python scripts/screenshots.py http://127.0.0.1:8000``.
"""

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs/images"
ADMIN = ("admin", "admin-orchard")
DESKTOP = {"width": 1200, "height": 820}
TALL = {"width": 1200, "height": 1320}
PHONE = {"width": 390, "height": 844}


def main(url: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox"],
        )
        visitor(browser, url)
        staff(browser, url)
        browser.close()


def visitor(browser: Browser, url: str) -> None:
    """Take the screenshots of the payment block, on a phone and on a desktop."""
    page = browser.new_page(base_url=url, viewport=PHONE)
    page.goto("/plant-a-tree/")
    shoot(page, "block-phone")
    pay(page)
    shoot(page, "paid-phone")
    page = browser.new_page(base_url=url, viewport=DESKTOP)
    page.goto("/plant-a-tree/")
    pay(page)
    page.evaluate("document.querySelector('wagtail-payment').scrollIntoView()")
    page.mouse.move(0, 0)
    page.mouse.wheel(0, -180)
    shoot(page, "readme")


def open_payment(page: Page) -> None:
    """Fill in the order form and the card."""
    page.get_by_text("€25.00", exact=True).click()
    page.get_by_label("Email").fill("first.visitor@example.org")
    page.get_by_role("button", name="Donate").click()
    frame = page.frame_locator("wagtail-payment iframe")
    frame.get_by_label("Card number").fill("4242424242424242")
    frame.get_by_label("Expiry date").fill("12 / 34")
    frame.get_by_label("Security code").fill("123")


def pay(page: Page) -> None:
    """Pay, and wait for the result."""
    open_payment(page)
    page.get_by_role("button", name="Pay now").click()
    page.get_by_text("Success").wait_for()
    page.get_by_text("Success").scroll_into_view_if_needed()


def staff(browser: Browser, url: str) -> None:
    """Take the screenshots of the admin."""
    page = browser.new_page(base_url=url, viewport=DESKTOP)
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(ADMIN[0])
    page.locator("[name=password]").fill(ADMIN[1])
    page.get_by_role("button", name="Sign in").click()
    page.set_viewport_size(TALL)
    page.goto("/admin/payments/overview/?unit=month")
    shoot(page, "overview")
    page.set_viewport_size(DESKTOP)
    page.goto("/admin/payments/payments/")
    shoot(page, "payments")
    page.set_viewport_size(TALL)
    refund(page)
    shoot(page, "payment")
    page.set_viewport_size(DESKTOP)
    page.goto("/admin/payments/reports/revenue/")
    shoot(page, "revenue")
    page.goto("/admin/payments/products/")
    page.locator("table.listing tbody a").first.click()
    page.wait_for_load_state()
    shoot(page, "product")
    page.goto("/admin/payments/products/")
    page.get_by_role("button", name="More options for 'Plant a tree'").click()
    page.get_by_role("link", name="Access").click()
    page.wait_for_load_state()
    shoot(page, "access")


def refund(page: Page) -> None:
    """Refund a part of the newest payment, and wait for the provider."""
    page.locator("table.listing tbody a").first.click()
    page.get_by_role("link", name="Refund", exact=True).click()
    page.get_by_label("Amount").fill("10.00")
    page.locator("main button[type=submit]").click()
    page.wait_for_timeout(3000)
    page.reload()


def shoot(page: Page, name: str) -> None:
    """Save a screenshot with 128 colors, which reduces it to a third of the size."""
    page.wait_for_timeout(500)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
