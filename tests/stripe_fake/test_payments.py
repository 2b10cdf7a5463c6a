import pytest
import stripe

from tests.support.stripe_fake.attempts import SessionClosed
from tests.support.stripe_fake.cards import CARDS
from tests.support.stripe_fake.making import item, opened, paid, types

FULL = {"expand": ["payment_intent.latest_charge.balance_transaction"]}


def look(client, session):
    return client.v1.checkout.sessions.retrieve(session.id, FULL)


def test_paying(fake, client):
    session = opened(client)
    fake.pay(session.id)
    found = look(client, session)
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
    assert types(fake) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_paid_session_takes_no_second_payment(fake, client):
    session = opened(client)
    fake.pay(session.id)
    for action in (fake.pay, fake.decline, fake.pay_later, fake.authenticate, fake.expire):
        with pytest.raises(SessionClosed):
            action(session.id)
    assert len(client.v1.charges.list().data) == 1
    assert len(fake.events) == 4


@pytest.mark.parametrize("number", [number for number, card in CARDS.items() if card.code])
def test_a_declined_card_leaves_the_session_open(fake, client, number):
    session = opened(client)
    fake.pay(session.id, number)
    found = look(client, session)
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
    assert types(fake)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_another_card_after_a_decline(fake, client):
    session = opened(client)
    fake.decline(session.id, "card_declined", "stolen_card")
    first = look(client, session).payment_intent
    assert first.last_payment_error.decline_code == "stolen_card"
    fake.pay(session.id)
    found = look(client, session).payment_intent
    assert (found.id, found.status, found.last_payment_error) == (first.id, "succeeded", None)
    assert len(client.v1.charges.list({"payment_intent": found.id}).data) == 2


@pytest.mark.parametrize("passes", [True, False])
def test_three_d_secure(fake, client, passes):
    session = opened(client)
    fake.pay(session.id, "4000 0025 0000 3155")
    assert look(client, session).payment_intent.status == "requires_action"
    fake.authenticate(session.id, passes)
    found = look(client, session)
    assert found.status == ("complete" if passes else "open")
    if not passes:
        error = found.payment_intent.last_payment_error
        assert error.code == "payment_intent_authentication_failure"
        assert found.payment_intent.latest_charge is None


@pytest.mark.parametrize("arrives", [True, False])
def test_a_delayed_method(fake, client, arrives):
    session = opened(client)
    fake.pay_later(session.id)
    found = look(client, session)
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    assert found.payment_intent.status == "processing"
    assert found.payment_intent.latest_charge.payment_method_details.sepa_debit.last4 == "3000"
    fake.settle(session.id, arrives)
    found = look(client, session)
    assert found.payment_status == ("paid" if arrives else "unpaid")
    assert found.payment_intent.status == ("succeeded" if arrives else "requires_payment_method")
    word = "succeeded" if arrives else "failed"
    assert types(fake)[-1] == f"checkout.session.async_payment_{word}"


def test_a_fee_that_is_known_later(fake, client):
    fake.fees_at_once = False
    session = opened(client)
    fake.pay(session.id)
    assert look(client, session).payment_intent.latest_charge.balance_transaction is None
    fake.settle_fee(session.id)
    assert look(client, session).payment_intent.latest_charge.balance_transaction.fee == 63
    assert types(fake)[-1] == "charge.updated"


def test_a_fee_in_the_currency_of_the_account(fake, client):
    fake.settles_in = "eur"
    paid(fake, client, line_items=[item(currency="usd")])
    money = client.v1.balance_transactions.list().data[0]
    assert (money.currency, money.amount, money.fee) == ("eur", 5000, 100)


def test_four_levels_are_expanded_and_no_more(fake, client):
    paid(fake, client)
    path = "data.payment_intent.latest_charge.balance_transaction"
    found = client.v1.checkout.sessions.list({"expand": [path]}).data[0]
    assert found.payment_intent.latest_charge.balance_transaction.fee == 63
    for wrong in (f"{path}.source", "data.amount_total"):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            client.v1.checkout.sessions.list({"expand": [wrong]})


def test_modes_are_two_worlds(fake, client):
    live = fake.client("sk_live_fake")
    session = opened(live)
    intent = fake.pay(session.id)["payment_intent"]
    assert session.livemode is True
    assert fake.events[-1]["livemode"] is True
    assert client.v1.payment_intents.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="exists in live mode") as caught:
        client.v1.payment_intents.retrieve(intent)
    assert (caught.value.code, caught.value.error.param) == ("resource_missing", "intent")
    assert live.v1.payment_intents.retrieve(intent).status == "succeeded"
