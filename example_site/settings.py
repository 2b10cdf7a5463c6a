"""Settings of the example site.

Environment variables: ``PORT``, ``DEBUG`` and ``EXAMPLE_SITE_VAR``. To use Stripe instead of the sandbox, set
``STRIPE_SECRET_KEY``, ``STRIPE_PUBLISHABLE_KEY`` and ``STRIPE_WEBHOOK_SECRETS`` (separated by commas). Tests
also set ``STRIPE_API_BASE``.
"""

import os
from pathlib import Path
from typing import Any

from example_site.local import secret, var_folder

PORT = int(os.environ.get("PORT") or 8000)
FRONTEND_PORT = PORT + 1
DEBUG = os.environ.get("DEBUG", "1") == "1"
BASE_DIR = Path(__file__).resolve().parent

SECRET_KEY = secret("secret_key")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "example_site.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
LANGUAGE_CODE = "en"

INSTALLED_APPS = [
    "example_site.orchard",
    "example_site.demo",
    "wagtail_payments",
    "wagtail_payments.sandbox",
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
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
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
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": var_folder("data") / "site.sqlite3",
        "OPTIONS": {
            # The web server and the consumer write at the same time, and a webhook event must be on disk
            # before the response.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }
}
HUEY = {
    "huey_class": "huey.SqliteHuey",
    "name": "orchard",
    "filename": str(var_folder("data") / "queue.sqlite3"),
    "immediate": False,
    "consumer": {"workers": 2, "initial_delay": 0.05, "max_delay": 0.1},
}

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = var_folder("media")

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = var_folder("mail")
DEFAULT_FROM_EMAIL = "Quince Lane Orchard <hello@quincelane.example>"

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/my-payments/"
LOGOUT_REDIRECT_URL = "/"

WAGTAIL_SITE_NAME = "Quince Lane Orchard"
# Don't send requests to the internet.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_BASE_URL = f"http://127.0.0.1:{PORT}"

WAGTAIL_PAYMENTS: dict[str, Any] = {
    "PROVIDER": "sandbox",
    "PROVIDERS": {
        # Past payments need the sandbox, even if new ones use Stripe.
        "sandbox": {
            "CLASS": "wagtail_payments.sandbox.provider.SandboxProvider",
            "OPTIONS": {"webhook_secrets": [secret("webhook_secret")]},
        },
        "offline": {
            "CLASS": "wagtail_payments.providers.offline.OfflineProvider",
            "OPTIONS": {"live": False},
        },
    },
    "CURRENCIES": ["EUR"],
    "ALLOWED_ORIGINS": [f"http://127.0.0.1:{FRONTEND_PORT}", f"http://localhost:{FRONTEND_PORT}"],
}
if os.environ.get("STRIPE_SECRET_KEY"):
    WAGTAIL_PAYMENTS["PROVIDER"] = "stripe"
    WAGTAIL_PAYMENTS["PROVIDERS"]["stripe"] = {
        "CLASS": "wagtail_payments.providers.stripe.provider.StripeProvider",
        "OPTIONS": {
            "secret_key": os.environ["STRIPE_SECRET_KEY"],
            "publishable_key": os.environ.get("STRIPE_PUBLISHABLE_KEY", ""),
            "webhook_secrets": os.environ.get("STRIPE_WEBHOOK_SECRETS", "").split(","),
            "api_base": os.environ.get("STRIPE_API_BASE", ""),
        },
    }
