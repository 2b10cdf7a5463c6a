"""Launches the browser."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

NAMES = (
    # Without windows, the tests take less than half the time.
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


@contextmanager
def launched_chromium():
    """Run the system's Chromium, or Playwright's own."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()
