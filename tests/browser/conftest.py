"""Fixtures: a browser, and a site with a web server and a queue consumer."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser.server import Site
from tests.support.browser.stripe_site import StripeSite
from tests.support.chromium import launched_chromium

TIMEOUT = 10_000
JOURNEY = "test_paying_in_the_page[{}-1280]"
SITES = {"sandbox": Site, "stripe": StripeSite}

# Failed requests that are expected: API errors that tests provoke, and the favicon.
EXPECTED_FAILURES = re.compile(r"/payments/api/|/favicon\.ico$")


def pytest_collection_modifyitems(items):
    """Mark the tests of this folder; all are slow except one journey for each provider."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if item.name not in map(JOURNEY.format, SITES):
                item.add_marker(pytest.mark.slow)


def pytest_generate_tests(metafunc):
    """Run the payment tests with every provider, and the rest with the sandbox."""
    if "site" in metafunc.fixturenames:
        all_providers = metafunc.module.__name__.endswith(
            (".test_journeys", ".test_robustness", ".test_secrets")
        )
        providers = ["sandbox", "stripe"] if all_providers else ["sandbox"]
        metafunc.parametrize("site", providers, indirect=True, scope="package")


@pytest.fixture(scope="package")
def site(request, tmp_path_factory):
    site = SITES[request.param](tmp_path_factory.mktemp("site"))
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="package")
def chromium():
    """A browser, closed after this package because Playwright's event loop affects other tests."""
    expect.set_options(timeout=TIMEOUT)
    with launched_chromium() as browser:
        yield browser


@pytest.fixture
def visit(chromium, site):
    """Open each page in a new browser context. Fail at the end if a page logged an error."""
    contexts, console_errors = [], []

    def open_page(path, *, width=1280, **options):
        context = chromium.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, locale="en-US", **options
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: console_errors.append(str(error)))
        page.on("console", lambda message: record_error(message, console_errors))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert console_errors == []


def record_error(message, console_errors):
    failed_request = message.text.startswith("Failed to load")
    expected = failed_request and EXPECTED_FAILURES.search(message.location["url"])
    if message.type in {"error", "warning"} and not expected:
        console_errors.append(message.text)
