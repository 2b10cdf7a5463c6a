"""The tests' settings for a site of its own: a web server and a consumer that browsers talk to."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, FOLDER, HUEY, QUEUE, WAGTAIL_PAYMENTS
from tests.support.databases import site_database

ROOT_URLCONF = "tests.support.browser.urls"
DATABASES["default"]["NAME"] = site_database(FOLDER)
HUEY["name"] = f"{QUEUE}-{FOLDER.name}"
WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["settle_after"] = 1
