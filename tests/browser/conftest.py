"""A browser, a web server and a queue consumer, all of them real."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser.server import Site
from tests.support.browser.stripe_site import StripeSite
from tests.support.chromium import launched_chromium

PATIENCE = 10_000
JOURNEY = "test_paying_in_the_page[{}-1280]"
SITES = {"sandbox": Site, "stripe": StripeSite}

# What our gateway refuses on purpose, and the browser looks for unasked, is no error of the page.
EXPECTED = re.compile(r"/payments/api/|/favicon\.ico$")


def pytest_collection_modifyitems(items):
    """Mark the tests of this folder; all are slow but one journey, which is made on each provider."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if item.name not in map(JOURNEY.format, SITES):
                item.add_marker(pytest.mark.slow)


def pytest_generate_tests(metafunc):
    """Run what is about paying on every provider, the rest on the sandbox."""
    if "site" in metafunc.fixturenames:
        everywhere = metafunc.module.__name__.endswith(
            (".test_journeys", ".test_trouble", ".test_what_is_left")
        )
        providers = ["sandbox", "stripe"] if everywhere else ["sandbox"]
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
    """A browser. It ends with this package: its loop disturbs others."""
    expect.set_options(timeout=PATIENCE)
    with launched_chromium() as browser:
        yield browser


@pytest.fixture
def visit(chromium, site):
    """Open pages, each as another visitor. At the end, no page may have complained about anything."""
    contexts, complaints = [], []

    def open_page(path, *, width=1280, **options):
        context = chromium.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, locale="en-US", **options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complain(message, complaints))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def complain(message, complaints):
    refusal = message.text.startswith("Failed to load") and EXPECTED.search(message.location["url"])
    if message.type in {"error", "warning"} and not refusal:
        complaints.append(message.text)
