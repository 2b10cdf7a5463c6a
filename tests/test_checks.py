"""System checks: each says what is wrong and how to mend it."""

import pytest

from wagtail_payments import checks

CHECKS = (
    checks.check_setting,
    checks.check_currencies,
    checks.check_providers,
    checks.check_guardian,
    checks.check_huey,
    checks.check_sqlite,
    checks.check_admins,
)


def found():
    return [message for check in CHECKS for message in check()]


def test_a_site_that_is_set_up_has_nothing_to_mend():
    assert found() == []


@pytest.mark.parametrize(
    ("setting", "value", "ids"),
    [
        ("WAGTAIL_PAYMENTS", {"PROVIDR": "x"}, ["E001"]),
        ("WAGTAIL_PAYMENTS", {"CHECKOUT_EXPIRES_AFTER": 0}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"LEASE_SECONDS": "120"}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"LEASE_SECONDS": True}, ["E002"]),
        ("WAGTAIL_PAYMENTS", {"HEALTH_MAIL": True}, ["W010"]),
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
def test_what_is_wrong_is_said_with_a_cure(settings, setting, value, ids):
    if setting == "WAGTAIL_PAYMENTS":
        value = {**settings.WAGTAIL_PAYMENTS, **value}
    setattr(settings, setting, value)
    messages = found()
    assert [message.id for message in messages] == [f"wagtail_payments.{id}" for id in ids]
    assert all(message.hint for message in messages)


def test_a_setting_that_is_no_dictionary(settings):
    settings.WAGTAIL_PAYMENTS = ["sandbox"]
    assert [message.id for message in checks.check_setting()] == ["wagtail_payments.E001"]


def test_no_secret_no_endpoint(settings):
    sandbox = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]
    broken = {"sandbox": {**sandbox, "OPTIONS": {"webhook_secrets": []}}}
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROVIDERS": broken}
    (message,) = found()
    assert message.id == "wagtail_payments.E004"
    assert "secret" in message.msg
