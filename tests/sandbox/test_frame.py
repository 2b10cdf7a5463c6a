import re

import pytest
from django.test import Client

from tests.support.sandbox import (
    CHALLENGED,
    DECLINED,
    GOOD_CARD,
    card_data,
    make_session,
    reload,
    url_of,
)
from wagtail_payments.sandbox.enums import SessionState
from wagtail_payments.sandbox.services.attempts import card_pay
from wagtail_payments.sandbox.services.sessions import session_expire

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def client():
    """A client like a sandboxed frame: with a null origin, and CSRF checks."""
    return Client(enforce_csrf_checks=True, headers={"Origin": "null"})


@pytest.fixture
def session():
    return make_session(ui="inline")


def outcome_and_message(response) -> tuple[str, str]:
    return response.context["outcome"], response.context["message"]


def test_only_the_payment_page_can_embed_the_frame(client, session):
    response = client.get(url_of(session))
    policy = re.split("[;,] ", response.headers["Content-Security-Policy"])
    assert "frame-ancestors http://testserver" in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in response.headers
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response.headers["Cache-Control"]
    assert 'data-origin="http://testserver"' in response.content.decode()


def test_static_files_on_another_host_are_allowed(client, session, settings):
    settings.STATIC_URL = "https://static.example.org/files/"
    policy = client.get(url_of(session)).headers["Content-Security-Policy"]
    assert "script-src 'self' https://static.example.org;" in policy


def test_frame_has_no_button(client, session):
    page = client.get(url_of(session)).content.decode()
    assert "<button" not in page
    assert "csrfmiddlewaretoken" not in page


def test_paying_without_cookies(client, session):
    response = client.post(url_of(session), card_data())
    assert outcome_and_message(response) == ("complete", "")
    assert reload(session).state == SessionState.SUCCEEDED
    assert not response.cookies


def test_submitting_twice_pays_once(client, session):
    for _ in range(2):
        assert outcome_and_message(client.post(url_of(session), card_data())) == ("complete", "")
    assert session.attempts.count() == 1


def test_decline_is_reported(client, session):
    response = client.post(url_of(session), card_data(DECLINED))
    outcome, message = outcome_and_message(response)
    assert (outcome, response.context["step"].reason) == ("declined", "generic")
    assert message
    assert reload(session).state == SessionState.OPEN


def test_invalid_details_are_reported(client, session):
    response = client.post(url_of(session), card_data(cvc="1"))
    assert outcome_and_message(response)[0] == "invalid"
    assert not session.attempts.exists()


@pytest.mark.parametrize(("answer", "outcome"), [("complete", "complete"), ("fail", "declined")])
def test_challenge_in_the_frame(client, session, answer, outcome):
    response = client.post(url_of(session), card_data(CHALLENGED))
    assert outcome_and_message(response) == ("", "")
    data = {"attempt": response.context["step"].challenge.reference, "answer": answer}
    assert outcome_and_message(client.post(url_of(session, "frame_challenge"), data))[0] == outcome


def test_closed_session_is_reported(client, session):
    expired = make_session(ui="inline")
    session_expire(expired)
    card_pay(session=session, card=GOOD_CARD)
    assert outcome_and_message(client.get(url_of(session))) == ("complete", "")
    assert outcome_and_message(client.get(url_of(expired)))[0] == "invalid"


@pytest.mark.parametrize(
    ("requested", "used"),
    [("dark", "dark"), ("light", "light"), ('"><script>', "light"), ("", "light")],
)
def test_color_scheme_of_the_page(client, session, requested, used):
    page = client.get(url_of(session), {"scheme": requested}).content.decode()
    assert f'class="framed {used}"' in page
    assert f'?scheme={used}"' in page


def test_a_hosted_session_has_no_frame(client):
    assert client.get(url_of(make_session(), "frame")).status_code == 404
