from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.support.sandbox import make_request, make_session, reload, types_of
from wagtail_payments.providers.exceptions import ProviderRefused
from wagtail_payments.sandbox.enums import SessionState
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.services.sessions import (
    origin_of,
    session_expire,
    session_get,
    session_open,
    sessions_overdue,
)

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://example.org/a?b#c", "http://example.org"),
        ("https://Example.ORG:443/", "https://example.org"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://user:pass@example.org/", "https://example.org"),
        ("ftp://example.org/", ""),
        ("//example.org/", ""),
        ("/path/", ""),
        ("http://example.org:port/", ""),
        ("", ""),
    ],
)
def test_origins_have_the_format_of_browsers(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_url": "http://elsewhere/payments/webhooks/sandbox/"},
        {"webhook_url": "https://testserver/payments/webhooks/sandbox/"},
        {"webhook_url": "http://testserver:81/payments/webhooks/sandbox/"},
        {"webhook_url": "http://testserver@elsewhere/"},
        {"webhook_url": "/payments/webhooks/sandbox/"},
        {"webhook_url": ""},
        {"return_url": "", "webhook_url": ""},
        {"currency": "ZZZ"},
        {"quantity": 0},
    ],
)
def test_invalid_request_is_refused(changes):
    with pytest.raises(ProviderRefused):
        make_session(**changes)
    assert not Session.objects.exists()


def test_two_providers_can_use_the_same_key():
    request = make_request()
    first = session_open(provider="sandbox", request=request)
    second = session_open(provider="other", request=request)
    assert first.reference != second.reference


def test_references_of_another_provider_are_unknown():
    session = make_session()
    with pytest.raises(ProviderRefused):
        session_get(provider="other", reference=session.reference)
    assert session_get(provider="sandbox", reference=session.reference) == session


def test_retry_after_expiry_finds_the_same_session():
    request = make_request()
    session = session_open(provider="sandbox", request=request)
    session_expire(session)
    again = session_open(provider="sandbox", request=request)
    assert (again.pk, again.state) == (session.pk, SessionState.EXPIRED)


def test_overdue_session_expires_with_one_event():
    session = make_session()
    Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sessions_overdue() == [session]
    for _ in range(2):
        found = session_get(provider="sandbox", reference=session.reference)
        assert found.state == SessionState.EXPIRED
    assert types_of(session) == ["checkout.expired"]
    assert sessions_overdue() == []


def test_payer_is_not_stored():
    request = replace(make_request(), customer_email="zoe@example.org")
    session = session_open(provider="sandbox", request=request)
    assert "zoe@" not in repr(Session.objects.filter(pk=session.pk).values().get())


def test_secrets_and_references_are_unique():
    sessions = [make_session() for _ in range(20)]
    assert len({s.secret for s in sessions} | {s.reference for s in sessions}) == 40
    assert reload(sessions[0]).reference.startswith("sbx_cs_")
