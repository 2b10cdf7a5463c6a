"""The sandbox's options, and where it may run."""

import pytest

from tests.support.sandbox import card_data, make_session, url_of
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.sandbox.checks import check_allowed, check_urls
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.provider import SandboxProvider


@pytest.fixture
def forbidden(settings):
    settings.DEBUG = False
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "ALLOW_SANDBOX": False}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"webhook_secrets": []},
        {"webhook_secrets": [""]},
        {"webhook_secrets": ["  "]},
        {"webhook_secrets": "whsec_one"},
        {"webhook_secrets": [None]},
        {"webhook_secrets": None},
        {"webhook_secrets": ["whsec_one"], "settle_after": -1},
        {"webhook_secrets": ["whsec_one"], "settle_after": "soon"},
    ],
)
def test_invalid_options_are_refused(options):
    with pytest.raises(ProviderMisconfigured, match="sandbox"):
        SandboxProvider(alias="sandbox", **options)


def test_valid_settings():
    provider = get_provider("sandbox")
    assert provider.live is False
    assert list(check_allowed()) == []
    assert list(check_urls()) == []


@pytest.mark.usefixtures("forbidden")
def test_sandbox_is_refused_on_a_live_site():
    with pytest.raises(ProviderMisconfigured, match="ALLOW_SANDBOX"):
        get_provider("sandbox")
    assert [error.id for error in check_allowed()] == ["wagtail_payments_sandbox.E001"]


@pytest.mark.usefixtures("forbidden")
def test_sandbox_is_allowed_with_debug(settings):
    settings.DEBUG = True
    assert get_provider("sandbox").alias == "sandbox"
    assert list(check_allowed()) == []


@pytest.mark.usefixtures("forbidden")
def test_installed_but_unused_app_is_no_error(settings):
    settings.WAGTAIL_PAYMENTS = {"PROVIDER": "other", "PROVIDERS": {"other": {"CLASS": "a.B"}}}
    assert list(check_allowed()) == []
    assert list(check_urls()) == []


def test_missing_urls_are_reported(settings):
    settings.ROOT_URLCONF = "tests.sandbox.no_urls"
    errors = list(check_urls())
    assert [error.id for error in errors] == ["wagtail_payments_sandbox.E002"]
    assert "payments-sandbox/" in errors[0].hint


@pytest.mark.django_db
@pytest.mark.usefixtures("forbidden")
@pytest.mark.parametrize("ui", ["hosted", "inline"])
def test_pages_are_not_found_on_a_live_site(client, ui):
    session = make_session(ui=ui)
    assert client.get(url_of(session)).status_code == 404
    assert client.post(url_of(session), card_data()).status_code == 404
    assert Session.objects.get().state == "open"
    assert not session.attempts.exists()
