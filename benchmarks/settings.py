"""The example site's settings for production, with the database and queue of BENCH_DATABASE.

PGPORT and REDIS_URL set PostgreSQL's port and the URL of Redis.
"""
# ruff: noqa: F403, F405

import os

from example_site.settings import *
from wagtail_payments.conf import RATE_LIMITS

DATABASE = os.environ["BENCH_DATABASE"]
BENCH_NAME = os.environ["BENCH_NAME"]
BENCH_SECRET = "whsec_benchmarks"

DEBUG = False
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
ROOT_URLCONF = "benchmarks.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.bare"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

if DATABASE == "postgres":
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": BENCH_NAME,
            "USER": "postgres",
            "HOST": "127.0.0.1",
            "PORT": os.environ.get("PGPORT", "5432"),
        }
    }
    HUEY = {
        "huey_class": "huey.RedisHuey",
        "name": BENCH_NAME,
        "url": os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9"),
        "immediate": False,
    }
elif DATABASE == "sqlite-normal":
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    )
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
HUEY["consumer"] = {"workers": 4, "worker_type": "process", "max_delay": 0.1}

_OPTIONS = {"webhook_secrets": [BENCH_SECRET]}
WAGTAIL_PAYMENTS = {
    "PROVIDER": "sandbox",
    "PROVIDERS": {
        "sandbox": {
            "CLASS": "wagtail_payments.sandbox.provider.SandboxProvider",
            "OPTIONS": _OPTIONS,
        },
        "instant": {"CLASS": "benchmarks.instant.InstantProvider", "OPTIONS": _OPTIONS},
    },
    "CURRENCIES": ["EUR", "CHF"],
    "ALLOW_SANDBOX": True,
    # All load comes from one IP address.
    "RATE_LIMITS": dict.fromkeys(RATE_LIMITS),
    "REQUIRE_HTTPS": False,
}
