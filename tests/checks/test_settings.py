"""System checks of settings. Each message has a hint."""

import pytest

from wagtail_payments.checks import settings as checks
from wagtail_payments.conf import RATE_LIMITS

OFF = dict.fromkeys(RATE_LIMITS)
CHECKS = (
    checks.check_setting,
    checks.check_currencies,
    checks.check_providers,
    checks.check_guardian,
    checks.check_huey,
    checks.check_sqlite,
    checks.check_admins,
    checks.check_rate_limits,
    checks.check_cache,
)


def found():
    return [message for check in CHECKS for message in check()]


def test_valid_settings_have_no_messages():
    assert found() == []


@pytest.mark.parametrize(
    ("setting", "value", "ids"),
    [
        ("WAGTAIL_PAYMENTS", {"PROVIDR": "x"}, ["E001"]),
        ("WAGTAIL_PAYMENTS", {"CHECKOUT_EXPIRES_AFTER": 0}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"LEASE_SECONDS": "120"}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"PAYER_RETENTION_DAYS": 0}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"ATTEMPT_RETENTION_DAYS": "30"}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"LEASE_SECONDS": True}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"HEALTH_EMAIL": True}, ["W010"]),
        ("WAGTAIL_PAYMENTS", {"TRUSTED_PROXIES": -1}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"TRUSTED_PROXIES": "1"}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"RATE_LIMITS": [60, 600]}, ["E020"]),
        ("WAGTAIL_PAYMENTS", {"RATE_LIMITS": {**OFF, "checkout": None}}, ["E020"]),
        ("WAGTAIL_PAYMENTS", {"RATE_LIMITS": {**OFF, "read_ip": 60}}, ["E020", "W021"]),
        ("WAGTAIL_PAYMENTS", {"RATE_LIMITS": {**OFF, "read_ip": []}}, ["E020"]),
        ("WAGTAIL_PAYMENTS", {"RATE_LIMITS": {**OFF, "read_ip": [60, 0]}}, ["E020", "W021"]),
        ("WAGTAIL_PAYMENTS", {"RATE_LIMITS": {**OFF, "read_ip": (1, 1)}}, ["W021"]),
        ("WAGTAIL_PAYMENTS", {"RATE_LIMITS": {}}, ["W021"]),
        ("WAGTAIL_PAYMENTS", {"CURRENCIES": []}, ["E003"]),
        ("WAGTAIL_PAYMENTS", {"CURRENCIES": ["EUR", "XYZ"]}, ["E003"]),
        ("WAGTAIL_PAYMENTS", {"PROVIDER": "nobody"}, ["E004"]),
        ("WAGTAIL_PAYMENTS", {"PROVIDERS": {"sandbox": {}}}, ["E004"]),
        ("WAGTAIL_PAYMENTS", {"PROVIDERS": {"sandbox": {"CLASS": "no.Such"}}}, ["E004"]),
        ("WAGTAIL_PAYMENTS", {"PROVIDERS": {"sandbox": {"CLASS": "datetime.date"}}}, ["E004"]),
        ("AUTHENTICATION_BACKENDS", ["django.contrib.auth.backends.ModelBackend"], ["E005"]),
        ("ANONYMOUS_USER_NAME", "AnonymousUser", ["W006"]),
        ("HUEY", None, ["E007"]),
        ("HUEY", {"huey_class": "huey.NoSuchHuey"}, ["E007"]),
    ],
)
def test_invalid_settings_are_reported_with_a_hint(settings, setting, value, ids):
    if setting == "WAGTAIL_PAYMENTS":
        value = {**settings.WAGTAIL_PAYMENTS, **value}
    setattr(settings, setting, value)
    messages = found()
    assert [message.id for message in messages] == [f"wagtail_payments.{id}" for id in ids]
    assert all(message.hint for message in messages)


@pytest.mark.parametrize(
    ("backend", "ids"),
    [
        ("django.core.cache.backends.locmem.LocMemCache", ["W021"]),
        ("django.core.cache.backends.dummy.DummyCache", ["W021"]),
        ("django.core.cache.backends.redis.RedisCache", []),
    ],
)
def test_rate_limits_need_a_shared_cache(settings, backend, ids):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "RATE_LIMITS": {}}
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:6379/9"}}
    messages = [message.id for message in checks.check_cache()]
    assert messages == [f"wagtail_payments.{id}" for id in ids]
    settings.DEBUG = True
    assert not list(checks.check_cache())


def test_the_setting_must_be_a_dictionary(settings):
    settings.WAGTAIL_PAYMENTS = ["sandbox"]
    assert [message.id for message in checks.check_setting()] == ["wagtail_payments.E001"]


def test_the_sandbox_requires_a_webhook_secret(settings):
    sandbox = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]
    broken = {"sandbox": {**sandbox, "OPTIONS": {"webhook_secrets": []}}}
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROVIDERS": broken}
    (message,) = found()
    assert message.id == "wagtail_payments.E004"
    assert "secret" in message.msg
