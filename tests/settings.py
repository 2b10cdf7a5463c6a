"""Settings of the tests. Environment variables select the database and the queue.

``WAGTAIL_PAYMENTS_TEST_DB`` is ``sqlite`` (default), ``postgres`` or ``mariadb``;
``WAGTAIL_PAYMENTS_TEST_HUEY`` is ``sqlite`` (default) or ``redis``.
"""

import os
from pathlib import Path
from typing import Any

import django
import wagtail

from tests.support.databases import RUN, TOKEN, WORKER, database
from wagtail_payments.conf import RATE_LIMITS

# Each test process has its own files, database and queue.
FOLDER = Path(os.environ.get("WAGTAIL_PAYMENTS_TEST_FOLDER") or RUN / WORKER)
FOLDER.mkdir(exist_ok=True)
QUEUE = f"wagtail-payments-tests-{TOKEN}-{WORKER}"

SECRET_KEY = "only for tests, so nothing depends on it being secret"
DEBUG = False
ALLOWED_HOSTS = ["*"]
INTERNAL_IPS: list[str] = []
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
WAGTAIL_SITE_NAME = "Tests"
WAGTAILADMIN_BASE_URL = "http://testserver"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "tests.urls"
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = str(FOLDER / "media")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
else:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "Tests <tests@example.org>"

INSTALLED_APPS = [
    "wagtail_payments",
    "wagtail_payments.sandbox",
    "tests.testapp",
    "guardian",
    "huey.contrib.djhuey",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "corsheaders",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

if wagtail.VERSION >= (8, 0):
    INSTALLED_APPS.append("wagtail.api.v3")

MIDDLEWARE = [
    "tests.testapp.middleware.strict_csp",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ]
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None

DATABASES = {"default": database(FOLDER)}

if os.environ.get("WAGTAIL_PAYMENTS_TEST_HUEY") == "redis":
    HUEY: dict[str, object] = {
        "huey_class": "huey.RedisHuey",
        "name": QUEUE,
        "url": "redis://127.0.0.1:6379/9",
        "immediate": False,
    }
else:
    HUEY = {
        "huey_class": "huey.SqliteHuey",
        "name": QUEUE,
        "filename": str(FOLDER / "huey.sqlite3"),
        "immediate": False,
    }
HUEY["consumer"] = {"max_delay": 0.1}

WAGTAIL_PAYMENTS: dict[str, Any] = {
    "PROVIDER": "sandbox",
    "PROVIDERS": {
        "sandbox": {
            "CLASS": "wagtail_payments.sandbox.provider.SandboxProvider",
            "OPTIONS": {"webhook_secrets": ["whsec_tests"]},
        },
        "offline": {
            "CLASS": "wagtail_payments.providers.offline.OfflineProvider",
            "OPTIONS": {"live": False},
        },
    },
    "CURRENCIES": ["EUR", "JPY", "KWD", "UGX"],
    "ALLOW_SANDBOX": True,
    # Most tests send plain HTTP requests.
    "REQUIRE_HTTPS": False,
    # All tests use the same client address. Tests of rate limits set their own limits.
    "RATE_LIMITS": dict.fromkeys(RATE_LIMITS),
}
