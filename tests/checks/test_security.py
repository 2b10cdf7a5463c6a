"""System checks of HTTPS, proxies and other origins. Each message has a hint."""

import os
import subprocess
import sys

import pytest

from wagtail_payments.checks import security

CHECKS = (
    security.check_origins,
    security.check_cors,
    security.check_https,
    security.check_redirect,
    security.check_emails,
    security.check_proxy,
    security.check_addresses,
    security.check_plain_origins,
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


def test_valid_settings_have_no_messages():
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
def test_the_settings_of_this_package(settings, conf, ids):
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
def test_the_settings_of_the_site(settings, changes, ids):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert found() == ids


@pytest.mark.parametrize(("proxies", "ids"), [(0, ["W029"]), (1, []), (2, [])])
def test_a_proxy_requires_trusted_proxies(settings, proxies, ids):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "TRUSTED_PROXIES": proxies}
    assert found() == ids


def test_the_proxy_can_redirect_instead(settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROXY_REDIRECTS_HTTPS": True}
    assert found() == []


def test_a_site_without_other_origins_needs_no_cors(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ALLOWED_ORIGINS": []}
    settings.MIDDLEWARE = []
    settings.CORS_ALLOW_CREDENTIALS = True
    assert found() == []


BASE_SETTINGS = """
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
UNTRUSTED_PROXY = """
USE_X_FORWARDED_HOST = True
del WAGTAIL_PAYMENTS["REQUIRE_HTTPS"]
"""


def deploy_check(folder, *parts):
    (folder / "checked_settings.py").write_text("\n".join((BASE_SETTINGS, *parts)))
    result = subprocess.run(
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
    return result.stdout + result.stderr


@pytest.mark.slow
def test_check_deploy_reports_all_problems(tmp_path):
    output = deploy_check(tmp_path, INSECURE_SITE)
    for text in (
        "wagtail_payments.W022",
        "REQUIRE_HTTPS",
        "wagtail_payments.E030",
        "PROXY_REDIRECTS_HTTPS",
        "wagtail_payments.W023",
        "WAGTAILADMIN_BASE_URL",
        "wagtail_payments.E024",
        "wagtail_payments.W028",
        # Django's own checks.
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_SSL_REDIRECT",
    ):
        assert text in output
    assert output.count("HINT:") >= 5


@pytest.mark.slow
def test_check_deploy_reports_an_untrusted_proxy(tmp_path):
    output = deploy_check(tmp_path, UNTRUSTED_PROXY)
    assert "wagtail_payments.W027" in output
    assert "SECURE_PROXY_SSL_HEADER" in output


@pytest.mark.slow
def test_check_deploy_reports_nothing_on_a_secure_site(tmp_path):
    assert "no issues" in deploy_check(tmp_path, SECURE_SITE)
