"""System checks of https, proxies and other origins: each says what is wrong and how to mend it."""

import os
import subprocess
import sys

import pytest

from wagtail_payments.checks import security as checks_web

CHECKS = (
    checks_web.check_origins,
    checks_web.check_cors,
    checks_web.check_https,
    checks_web.check_redirect,
    checks_web.check_emails,
    checks_web.check_proxy,
    checks_web.check_addresses,
    checks_web.check_plain_origins,
)
CORS = "corsheaders.middleware.CorsMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
SECURE = {"REQUIRE_HTTPS": True, "ALLOWED_ORIGINS": ["https://shop.example.org"]}


@pytest.fixture(autouse=True)
def secure(settings):
    settings.WAGTAILADMIN_BASE_URL = "https://example.org"
    settings.SECURE_SSL_REDIRECT = True
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, **SECURE}


def found():
    messages = [message for check in CHECKS for message in check()]
    assert all(message.hint for message in messages)
    return [str(message.id).removeprefix("wagtail_payments.") for message in messages]


def test_a_site_that_is_set_up_has_nothing_to_mend():
    assert found() == []


@pytest.mark.parametrize(
    ("conf", "ids"),
    [
        ({"REQUIRE_HTTPS": False}, ["W022"]),
        ({"ALLOWED_ORIGINS": ["http://shop.example.org"]}, ["W028"]),
        ({"ALLOWED_ORIGINS": ["https://shop.example.org/"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["https://shop.example.org/pay"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["https://shop.example.org:443"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["https://Shop.example.org"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["https://zoe@shop.example.org"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["https://łódź.example.org"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["shop.example.org"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["ftp://shop.example.org"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["https://shop.example.org:x"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["*"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["null"]}, ["E024"]),
        ({"ALLOWED_ORIGINS": [None]}, ["E024"]),
        ({"ALLOWED_ORIGINS": ["https://127.0.0.1:8001", "https://[::1]:8001"]}, []),
    ],
)
def test_our_own_settings(settings, conf, ids):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, **conf}
    assert found() == ids


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"WAGTAILADMIN_BASE_URL": "http://example.org"}, ["W023"]),
        ({"SECURE_SSL_REDIRECT": False}, ["E030"]),
        ({"USE_X_FORWARDED_HOST": True}, ["W027"]),
        ({"USE_X_FORWARDED_PORT": True}, ["W027"]),
        (
            {
                "USE_X_FORWARDED_HOST": True,
                "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
            },
            ["W029"],
        ),
        ({"CORS_ALLOW_CREDENTIALS": True}, ["W026"]),
        ({"CORS_ALLOW_ALL_ORIGINS": True}, ["W026"]),
        ({"MIDDLEWARE": [COMMON]}, ["W025"]),
        ({"MIDDLEWARE": [COMMON, CORS]}, ["W025"]),
        ({"MIDDLEWARE": [CORS, COMMON]}, []),
        ({"MIDDLEWARE": [CORS]}, []),
    ],
)
def test_the_sites_settings(settings, changes, ids):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert found() == ids


@pytest.mark.parametrize(("proxies", "ids"), [(0, ["W029"]), (1, []), (2, [])])
def test_behind_a_proxy_visitors_are_told_apart(settings, proxies, ids):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "TRUSTED_PROXIES": proxies}
    assert found() == ids


def test_a_proxy_may_redirect_instead(settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROXY_REDIRECTS_HTTPS": True}
    assert found() == []


def test_a_site_without_other_origins_needs_no_cors(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ALLOWED_ORIGINS": []}
    settings.MIDDLEWARE = []
    settings.CORS_ALLOW_CREDENTIALS = True
    assert found() == []


COMMON_TO_BOTH = """
from tests.settings import *
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", *MIDDLEWARE]
SECRET_KEY = "a long one, with many different characters: 0123456789 abcdefghij !?"
"""
SECURE_SITE = """
ALLOWED_HOSTS = ["example.org"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = True
WAGTAILADMIN_BASE_URL = "https://example.org"
WAGTAIL_PAYMENTS = {
    **WAGTAIL_PAYMENTS,
    "REQUIRE_HTTPS": None,
    "ALLOWED_ORIGINS": ["https://shop.example.org"],
    "TRUSTED_PROXIES": 1,
}
"""
INSECURE_SITE = """
WAGTAIL_PAYMENTS["ALLOWED_ORIGINS"] = ["http://shop.example.org", "https://shop.example.org/"]
"""
UNTOLD_PROXY = """
USE_X_FORWARDED_HOST = True
del WAGTAIL_PAYMENTS["REQUIRE_HTTPS"]
"""


def deploy_check(folder, *parts):
    (folder / "checked_settings.py").write_text("\n".join((COMMON_TO_BOTH, *parts)))
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "checked_settings",
            "PYTHONPATH": f"{folder}:{os.getcwd()}",
            "WAGTAIL_PAYMENTS_TEST_FOLDER": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
def test_check_deploy_tells_everything_that_is_missing(tmp_path):
    said = deploy_check(tmp_path, INSECURE_SITE)
    for fact in (
        "wagtail_payments.W022",
        "REQUIRE_HTTPS",
        "wagtail_payments.E030",
        "PROXY_REDIRECTS_HTTPS",
        "wagtail_payments.W023",
        "WAGTAILADMIN_BASE_URL",
        "wagtail_payments.E024",
        "wagtail_payments.W028",
        # Django's own words have the cure in them.
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_SSL_REDIRECT",
    ):
        assert fact in said
    assert said.count("HINT:") >= 5


@pytest.mark.slow
def test_check_deploy_tells_of_a_proxy_that_is_not_believed(tmp_path):
    said = deploy_check(tmp_path, UNTOLD_PROXY)
    assert "wagtail_payments.W027" in said
    assert "SECURE_PROXY_SSL_HEADER" in said


@pytest.mark.slow
def test_check_deploy_is_silent_on_a_secure_site(tmp_path):
    assert "no issues" in deploy_check(tmp_path, SECURE_SITE)
