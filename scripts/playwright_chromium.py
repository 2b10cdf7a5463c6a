"""Prints the path of Playwright's own Chromium; fails when it isn't installed."""

from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    path = Path(playwright.chromium.executable_path)
if not path.exists():
    raise SystemExit("Playwright's Chromium isn't installed.")
print(path)
