"""The tests' settings for a site of its own: a web server and a consumer that browsers talk to."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, FOLDER, HUEY, WAGTAIL_PAYMENTS

ROOT_URLCONF = "tests.browser.urls"
DATABASES["default"]["NAME"] = (
    "wagtail_payments_browser"
    if os.environ.get("WAGTAIL_PAYMENTS_TEST_DB") == "postgres"
    else FOLDER / "browser.sqlite3"
)
HUEY["name"] = "wagtail-payments-browser"
WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["settle_after"] = 1
