"""Settings of the site for browser tests."""

from tests.settings import *  # noqa: F403
from tests.settings import FOLDER, HUEY, QUEUE, WAGTAIL_PAYMENTS

ROOT_URLCONF = "tests.support.browser.urls"
HUEY["name"] = f"{QUEUE}-{FOLDER.name}"
WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["settle_after"] = 1
