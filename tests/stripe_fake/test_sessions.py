import time

import pytest
import stripe

from tests.support.stripe_fake.factories import create_session, line_item, session_params

DAY = 86400


def refusal(client, **changes):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        create_session(client, **changes)
    assert client.v1.checkout.sessions.list().data == []
    return caught.value


def test_an_elements_session_has_a_secret_and_no_page(client):
    session = create_session(client)
    assert session.id.startswith("cs_test_")
    assert session.client_secret.startswith(session.id)
    assert session.url is None
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (2500, "eur")
    assert session.payment_intent is None
    assert session.metadata.to_dict() == {"payment": "1"}
    assert session.livemode is False


def test_a_hosted_session_has_a_page_and_no_secret(fake, client):
    session = create_session(client, ui_mode="hosted_page")
    assert session.url == f"{fake.url}/pay/{session.id}"
    assert session.client_secret is None


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"return_url": None}, "return_url"),
        ({"success_url": "https://site.example/"}, "success_url"),
        ({"cancel_url": "https://site.example/"}, "cancel_url"),
        ({"return_url": "/relative/"}, "return_url"),
        ({"ui_mode": "hosted_page", "success_url": None}, "success_url"),
        ({"ui_mode": "hosted_page", "return_url": "https://site.example/"}, "return_url"),
        ({"customer_email": "zoe"}, "customer_email"),
        ({"mode": "setup"}, "mode"),
        ({"line_items": None}, "line_items"),
        ({"line_items": [line_item(quantity=0)]}, "line_items[0][quantity]"),
        ({"line_items": [line_item(), line_item(currency="usd")]}, "line_items"),
        ({"line_items": [line_item(currency="xyz")]}, "line_items[0][price_data][currency]"),
        ({"metadata": {f"k{n}": "x" for n in range(51)}}, "metadata"),
        ({"metadata": {"k" * 41: "x"}}, "metadata"),
        ({"metadata": {"k": "x" * 501}}, "metadata[k]"),
    ],
)
def test_invalid_parameters_are_refused(client, changes, param):
    error = refusal(client, **changes)
    assert (error.http_status, error.error.param) == (400, param)


@pytest.mark.parametrize("name", ["custom", "embedded", "hosted"])
def test_old_names_of_ui_modes_are_violations(fake, client, name):
    assert refusal(client, ui_mode=name).error.param == "ui_mode"
    assert len(fake.violations) == 1
    fake.violations.clear()


@pytest.mark.parametrize("seconds", [60, 1700, DAY + 120])
def test_expiry_must_be_in_half_an_hour_to_a_day(client, seconds):
    error = refusal(client, expires_at=int(time.time()) + seconds)
    assert error.error.param == "expires_at"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "eur", "amount_too_small"),
        (17499, "huf", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (100_000_000, "eur", "amount_too_large"),
        (12345, "kwd", "invalid_charge_amount"),
        (12345, "isk", "invalid_charge_amount"),
        (12345, "ugx", "invalid_charge_amount"),
    ],
)
def test_invalid_amounts_are_refused(client, amount, currency, code):
    assert refusal(client, line_items=[line_item(amount, currency, 1)]).code == code


@pytest.mark.parametrize(
    ("amount", "currency"), [(50, "eur"), (12340, "kwd"), (12300, "isk"), (500, "jpy")]
)
def test_valid_amounts_are_accepted(client, amount, currency):
    assert (
        create_session(client, line_items=[line_item(amount, currency, 1)]).amount_total == amount
    )


def test_an_open_session_expires_once(fake, client):
    session = create_session(client)
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        client.v1.checkout.sessions.expire(session.id)
    assert [event["type"] for event in fake.events] == ["checkout.session.expired"]


def test_session_expires_on_time(fake, client):
    session = create_session(client)
    fake.clock.advance(DAY + 1)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert [event["type"] for event in fake.events] == ["checkout.session.expired"]


def test_lists_have_pages_and_filters(fake, client):
    ids = [create_session(client).id for _ in range(5)][::-1]
    first = client.v1.checkout.sessions.list({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (ids[:2], True)
    rest = client.v1.checkout.sessions.list({"limit": 3, "starting_after": ids[1]})
    assert ([one.id for one in rest.data], rest.has_more) == (ids[2:], False)
    assert [one.id for one in first.auto_paging_iter()] == ids
    intent = fake.pay(ids[3])["payment_intent"]
    found = client.v1.checkout.sessions.list({"payment_intent": intent})
    assert [one.id for one in found.data] == [ids[3]]
    later = {"created": {"gte": int(time.time()) + 60}}
    assert client.v1.checkout.sessions.list(later).data == []


def test_pages_have_at_most_a_hundred(fake, client):
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 100"):
        client.v1.checkout.sessions.list({"limit": 101})
    assert len(fake.violations) == 1
    fake.violations.clear()


def test_line_items_can_be_expanded(client):
    session = client.v1.checkout.sessions.create(session_params(expand=["line_items"]))
    assert session.line_items.data[0].amount_total == 2500
    assert "line_items" not in client.v1.checkout.sessions.retrieve(session.id)
