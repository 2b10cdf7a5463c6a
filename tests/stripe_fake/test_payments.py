import pytest
import stripe

from tests.support.stripe_fake.attempts import SessionClosed
from tests.support.stripe_fake.cards import CARDS
from tests.support.stripe_fake.factories import (
    create_payment,
    create_session,
    event_types,
    line_item,
)

FULL = {"expand": ["payment_intent.latest_charge.balance_transaction"]}


def retrieve(client, session):
    return client.v1.checkout.sessions.retrieve(session.id, FULL)


def test_paying(fake, client):
    session = create_session(client)
    fake.pay(session.id)
    found = retrieve(client, session)
    charge = found.payment_intent.latest_charge
    assert (found.status, found.payment_status) == ("complete", "paid")
    assert (found.payment_intent.status, found.payment_intent.amount_received) == (
        "succeeded",
        2500,
    )
    card = charge.payment_method_details.card
    assert (card.brand, card.last4) == ("visa", "4242")
    assert (charge.balance_transaction.fee, charge.balance_transaction.currency) == (63, "eur")
    assert charge.metadata.to_dict() == found.payment_intent.metadata.to_dict() == {"payment": "1"}
    assert event_types(fake) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_paid_session_cannot_be_paid_again(fake, client):
    session = create_session(client)
    fake.pay(session.id)
    for action in (fake.pay, fake.decline, fake.pay_later, fake.authenticate, fake.expire):
        with pytest.raises(SessionClosed):
            action(session.id)
    assert len(client.v1.charges.list().data) == 1
    assert len(fake.events) == 4


@pytest.mark.parametrize("number", [number for number, card in CARDS.items() if card.code])
def test_a_declined_card_leaves_the_session_open(fake, client, number):
    session = create_session(client)
    fake.pay(session.id, number)
    found = retrieve(client, session)
    error = found.payment_intent.last_payment_error
    charge = client.v1.charges.retrieve(error.charge)
    assert (found.status, found.payment_intent.status) == ("open", "requires_payment_method")
    assert (error.code, error.decline_code) == (CARDS[number].code, CARDS[number].decline_code)
    assert error.type == "card_error"
    assert error.payment_method.card.last4 == number[-4:]
    assert (charge.status, charge.failure_code, charge.balance_transaction) == (
        "failed",
        error.code,
        None,
    )
    assert event_types(fake)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_another_card_after_a_decline(fake, client):
    session = create_session(client)
    fake.decline(session.id, "card_declined", "stolen_card")
    first = retrieve(client, session).payment_intent
    assert first.last_payment_error.decline_code == "stolen_card"
    fake.pay(session.id)
    found = retrieve(client, session).payment_intent
    assert (found.id, found.status, found.last_payment_error) == (first.id, "succeeded", None)
    assert len(client.v1.charges.list({"payment_intent": found.id}).data) == 2


@pytest.mark.parametrize("passes", [True, False])
def test_three_d_secure(fake, client, passes):
    session = create_session(client)
    fake.pay(session.id, "4000 0025 0000 3155")
    assert retrieve(client, session).payment_intent.status == "requires_action"
    fake.authenticate(session.id, passes)
    found = retrieve(client, session)
    assert found.status == ("complete" if passes else "open")
    if not passes:
        error = found.payment_intent.last_payment_error
        assert error.code == "payment_intent_authentication_failure"
        assert found.payment_intent.latest_charge is None


@pytest.mark.parametrize("arrives", [True, False])
def test_delayed_method(fake, client, arrives):
    session = create_session(client)
    fake.pay_later(session.id)
    found = retrieve(client, session)
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    assert found.payment_intent.status == "processing"
    assert found.payment_intent.latest_charge.payment_method_details.sepa_debit.last4 == "3000"
    fake.settle(session.id, arrives)
    found = retrieve(client, session)
    assert found.payment_status == ("paid" if arrives else "unpaid")
    assert found.payment_intent.status == ("succeeded" if arrives else "requires_payment_method")
    result = "succeeded" if arrives else "failed"
    assert event_types(fake)[-1] == f"checkout.session.async_payment_{result}"


def test_delayed_fee(fake, client):
    fake.fees_at_once = False
    session = create_session(client)
    fake.pay(session.id)
    assert retrieve(client, session).payment_intent.latest_charge.balance_transaction is None
    fake.settle_fee(session.id)
    assert retrieve(client, session).payment_intent.latest_charge.balance_transaction.fee == 63
    assert event_types(fake)[-1] == "charge.updated"


def test_fee_in_the_currency_of_the_account(fake, client):
    fake.settles_in = "eur"
    create_payment(fake, client, line_items=[line_item(currency="usd")])
    money = client.v1.balance_transactions.list().data[0]
    assert (money.currency, money.amount, money.fee) == ("eur", 5000, 100)


def test_at_most_four_levels_are_expanded(fake, client):
    create_payment(fake, client)
    path = "data.payment_intent.latest_charge.balance_transaction"
    found = client.v1.checkout.sessions.list({"expand": [path]}).data[0]
    assert found.payment_intent.latest_charge.balance_transaction.fee == 63
    for wrong in (f"{path}.source", "data.amount_total"):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            client.v1.checkout.sessions.list({"expand": [wrong]})


def test_modes_are_separate(fake, client):
    live = fake.client("sk_live_fake")
    session = create_session(live)
    intent = fake.pay(session.id)["payment_intent"]
    assert session.livemode is True
    assert fake.events[-1]["livemode"] is True
    assert client.v1.payment_intents.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="exists in live mode") as caught:
        client.v1.payment_intents.retrieve(intent)
    assert (caught.value.code, caught.value.error.param) == ("resource_missing", "intent")
    assert live.v1.payment_intents.retrieve(intent).status == "succeeded"
