"""Settings of the cluster, whose processes share a database, a queue and an email folder."""

import os

import django

from tests.resilience.sizes import LEASE
from tests.settings import DATABASES
from tests.support.browser.settings import *  # noqa: F403
from tests.support.browser.settings import FOLDER, HUEY, WAGTAIL_PAYMENTS

ROOT_URLCONF = "tests.resilience.cluster.urls"
if port := os.environ.get("WAGTAIL_PAYMENTS_TEST_DB_PORT"):
    DATABASES["default"]["PORT"] = port
if redis := os.environ.get("WAGTAIL_PAYMENTS_TEST_REDIS"):
    HUEY["url"] = redis

FILES = "django.core.mail.backends.filebased.EmailBackend"
EMAILS = str(FOLDER / "mails")
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": FILES, "OPTIONS": {"file_path": EMAILS}}}
else:
    EMAIL_BACKEND, EMAIL_FILE_PATH = FILES, EMAILS

WAGTAIL_PAYMENTS["LEASE_SECONDS"] = LEASE
# Tests settle bank debits themselves.
WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]["OPTIONS"]["settle_after"] = 3600
