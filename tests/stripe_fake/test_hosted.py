"""The hosted page works without scripts, so these tests send its form."""

import urllib.error
import urllib.parse
import urllib.request

import pytest

from tests.support.stripe_fake.factories import create_session

CARD = {"method": "card", "number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123"}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def visit(url, **fields):
    """Return the page's text, or the URL that it redirects to."""
    data = urllib.parse.urlencode(fields).encode() if fields else None
    try:
        with urllib.request.build_opener(NoRedirect).open(url, data, timeout=10) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        error.close()
        return error.headers["Location"]


@pytest.fixture
def session(client):
    return create_session(client, ui_mode="hosted_page")


def test_paying(client, session):
    text = visit(session.url)
    assert "Pay €25.00</button>" in text
    assert 'href="https://site.example/ticket/"' in text
    assert visit(session.url, **CARD) == f"https://site.example/{session.id}/"
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert "all done here" in visit(session.url)


def test_a_declined_card(client, session):
    text = visit(session.url, **{**CARD, "number": "4000000000000069"})
    assert "Your card has expired." in text
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"


@pytest.mark.parametrize("answer", ["complete", "fail"])
def test_three_d_secure(client, session, answer):
    assert "Confirm with your bank" in visit(session.url, **{**CARD, "number": "4000002500003155"})
    visit(session.url, answer=answer)
    status = client.v1.checkout.sessions.retrieve(session.id).status
    assert status == ("complete" if answer == "complete" else "open")


@pytest.mark.parametrize(("name", "value"), [("number", ""), ("number", "1"), ("cvc", "")])
def test_incomplete_or_unknown_card_is_not_tried(fake, session, name, value):
    assert 'role="alert">Your card' in visit(session.url, **{**CARD, name: value})
    assert fake.events == []


def test_card_number_and_code_are_not_stored(fake, session):
    visit(session.url, **{**CARD, "cvc": "98765"})
    stored = repr(fake.store.objects) + repr(fake.requests)
    assert "4242424242424242" not in stored.replace(" ", "")
    assert "98765" not in stored
