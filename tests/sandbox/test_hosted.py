import pytest
from django.test import Client

from tests.support.sandbox import (
    CHALLENGED,
    GOOD,
    GOOD_CARD,
    card_data,
    make_session,
    reload,
    url_of,
)
from wagtail_payments.sandbox.enums import SessionState
from wagtail_payments.sandbox.services.attempts import bank_debit_start, card_pay
from wagtail_payments.sandbox.services.sessions import session_expire
from wagtail_payments.selectors.payments.declines import decline_message

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_page_contents(client):
    response = client.get(url_of(make_session(description="Star <b>night</b>", quantity=3)))
    page = response.content.decode()
    assert "€12.50" in page
    assert "Star &lt;b&gt;night&lt;/b&gt;" in page
    assert "× 3" in page
    assert "Test mode" in page
    assert 'href="http://testserver/back/"' in page
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "X-Frame-Options" in response.headers


@pytest.mark.parametrize(
    ("amount", "currency", "shown"), [(500, "JPY", "¥500"), (1250, "KWD", "1.250")]
)
def test_amount_has_the_decimals_of_its_currency(client, amount, currency, shown):
    page = client.get(url_of(make_session(amount=amount, currency=currency))).content.decode()
    assert shown in page


def test_page_is_in_the_payers_language(client):
    page = client.get(url_of(make_session(locale="de"))).content.decode()
    assert '<html lang="de"' in page
    assert "12,50\xa0€" in page


def test_paying_redirects_back(client):
    session = make_session()
    response = client.post(url_of(session), card_data("4242 4242 4242 4242"))
    assert (response.status_code, response.url) == (302, "http://testserver/thanks/")
    assert reload(session).state == SessionState.SUCCEEDED


def test_submitting_twice_pays_once(client):
    session = make_session()
    for _ in range(2):
        assert client.post(url_of(session), card_data()).url == "http://testserver/thanks/"
    assert session.attempts.count() == 1


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("4000000000000002", "generic"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("4000000000000119", "processing_error"),
        ("4111111111111111", "incorrect_number"),
    ],
)
def test_declined_card_shows_a_message_and_can_be_retried(client, number, reason):
    session = make_session()
    response = client.post(url_of(session), card_data(number))
    page = response.content.decode()
    assert response.status_code == 200
    assert decline_message(reason).replace("'", "&#x27;") in page
    assert number not in page
    assert reload(session).state == SessionState.OPEN
    assert client.post(url_of(session), card_data()).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "4242"}, "number"),
        ({"number": "abcd abcd abcd abcd"}, "number"),
        ({"number": "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"}, "number"),
        ({"number": GOOD * 2}, "number"),
        ({"expiry": ""}, "expiry"),
        ({"expiry": "13 / 34"}, "expiry"),
        ({"expiry": "11 / 20"}, "expiry"),
        ({"expiry": "soon"}, "expiry"),
        ({"cvc": ""}, "cvc"),
        ({"cvc": "12"}, "cvc"),
        ({"cvc": "12345"}, "cvc"),
        ({"cvc": "1a3"}, "cvc"),
        ({"method": "cash"}, "method"),
        ({"method": ""}, "method"),
    ],
)
def test_invalid_field_shows_an_error_and_pays_nothing(client, changes, field):
    session = make_session()
    response = client.post(url_of(session), card_data(**changes))
    assert set(response.context["form"].errors) == {field}
    assert f'id="id_{field}_error"' in response.content.decode()
    assert reload(session).state == SessionState.OPEN
    assert not session.attempts.exists()


@pytest.mark.parametrize("expiry", ["12/34", "12 / 34", "1234", "12/2034", "1/34"])
def test_expiry_date_formats(client, expiry):
    session = make_session()
    assert client.post(url_of(session), card_data(expiry=expiry)).status_code == 302
    assert reload(session).state == SessionState.SUCCEEDED


def test_card_number_and_code_are_not_shown_again(client):
    page = client.post(url_of(make_session()), card_data(expiry="x", cvc="987")).content.decode()
    assert GOOD not in page
    assert '"987"' not in page


@pytest.mark.parametrize(
    ("answer", "state"), [("complete", "succeeded"), ("fail", "open"), ("", "open")]
)
def test_a_challenge_is_passed_or_failed(client, answer, state):
    session = make_session()
    page = client.post(url_of(session), card_data(CHALLENGED))
    attempt = page.context["step"].challenge
    assert "3155" in page.content.decode()
    data = {"attempt": attempt.reference, "answer": answer}
    response = client.post(url_of(session, "hosted_challenge"), data)
    assert reload(session).state == state
    assert (response.status_code == 302) is (answer == "complete")


def test_failed_challenge_shows_a_message(client):
    session = make_session()
    attempt = client.post(url_of(session), card_data(CHALLENGED)).context["step"].challenge
    data = {"attempt": attempt.reference, "answer": "fail"}
    response = client.post(url_of(session, "hosted_challenge"), data)
    assert decline_message("authentication_failed") in response.content.decode()


@pytest.mark.parametrize("arrives", ["yes", "no"])
def test_bank_debit_is_processing(client, arrives):
    session = make_session()
    response = client.post(url_of(session), {"method": "bank_debit", "arrives": arrives})
    assert response.url == "http://testserver/thanks/"
    assert reload(session).state == SessionState.PROCESSING


def test_closed_session_shows_its_state(client):
    paid, expired, processing = make_session(), make_session(), make_session()
    card_pay(session=paid, card=GOOD_CARD)
    session_expire(expired)
    bank_debit_start(session=processing, arrives=True, settle_after=60)
    for session, message in [
        (paid, "has been paid"),
        (expired, "expired"),
        (processing, "being processed"),
    ]:
        page = client.get(url_of(session)).content.decode()
        assert message in page
        assert "<form" not in page


def test_an_expired_session_is_not_paid(client):
    session = make_session()
    session_expire(session)
    response = client.post(url_of(session), card_data())
    assert "expired" in response.content.decode()
    assert not session.attempts.exists()


def test_other_sites_cannot_submit_the_form():
    session = make_session()
    response = Client(enforce_csrf_checks=True).post(url_of(session), card_data())
    assert response.status_code == 403
    assert reload(session).state == SessionState.OPEN


@pytest.mark.parametrize("name", ["hosted", "hosted_challenge", "frame", "frame_challenge"])
def test_wrong_secret_is_not_found(client, name):
    session = make_session()
    session.secret = "0" * 48
    method = client.post if name.endswith("challenge") else client.get
    assert method(url_of(session, name)).status_code == 404


def test_an_inline_session_has_no_hosted_page(client):
    assert client.get(url_of(make_session(ui="inline"), "hosted")).status_code == 404


def test_challenge_requires_post(client):
    assert client.get(url_of(make_session(), "hosted_challenge")).status_code == 405
