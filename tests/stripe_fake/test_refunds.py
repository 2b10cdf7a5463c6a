import pytest
import stripe

from tests.support.stripe_fake.factories import create_payment, create_session, event_types


@pytest.fixture
def intent(fake, client):
    return create_payment(fake, client)


def charge_of(client, intent):
    return client.v1.charges.list({"payment_intent": intent}).data[0]


def refused(client, intent, **params):
    before = charge_of(client, intent).amount_refunded
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent, **params})
    assert charge_of(client, intent).amount_refunded == before
    return caught.value


def test_partial_refunds_up_to_the_full_amount(fake, client, intent):
    first = client.v1.refunds.create(
        {"payment_intent": intent, "amount": 1000, "metadata": {"refund": "7"}}
    )
    assert (first.status, first.amount, first.metadata["refund"]) == ("succeeded", 1000, "7")
    assert "greater than unrefunded amount" in str(refused(client, intent, amount=1501))
    second = client.v1.refunds.create({"payment_intent": intent})
    assert second.amount == 1500
    assert charge_of(client, intent).refunded is True
    assert refused(client, intent).code == "charge_already_refunded"
    listed = client.v1.refunds.list({"payment_intent": intent}).data
    assert [one.id for one in listed] == [second.id, first.id]
    assert event_types(fake)[-2:] == ["refund.created", "charge.refunded"]
    assert "refunds" not in charge_of(client, intent)


def test_failed_refund_restores_the_amount(fake, client, intent):
    fake.next_refund(status="pending")
    refund = client.v1.refunds.create({"payment_intent": intent, "amount": 2500})
    assert refund.status == "pending"
    assert charge_of(client, intent).amount_refunded == 2500
    fake.refund_update(refund.id, "failed", "expired_or_canceled_card")
    found = client.v1.refunds.retrieve(refund.id)
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    assert charge_of(client, intent).amount_refunded == 0
    assert event_types(fake)[-2:] == ["refund.updated", "refund.failed"]


def test_refund_from_the_dashboard(fake, client, intent):
    refund = fake.refund_from_dashboard(intent, 300)
    found = client.v1.refunds.list({"charge": refund["charge"]}).data
    assert [(one.amount, one.metadata.to_dict()) for one in found] == [(300, {})]


def test_unpaid_intent_is_not_refunded(fake, client):
    session = create_session(client)
    fake.decline(session.id)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert "does not have a successful charge" in str(refused(client, intent))


def test_a_disputed_charge_is_not_refunded(fake, client, intent):
    fake.dispute_open(intent)
    assert refused(client, intent).code == "charge_disputed"


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_dispute(fake, client, intent, end):
    dispute = fake.dispute_open(intent, 2000, "product_not_received")
    found = client.v1.disputes.list({"payment_intent": intent}).data[0]
    assert (found.id, found.amount, found.status) == (dispute["id"], 2000, "needs_response")
    fake.dispute_update(found.id, "under_review")
    fake.dispute_close(found.id, end)
    found = client.v1.disputes.retrieve(found.id)
    assert found.status == end
    moved = [one.amount for one in found.balance_transactions]
    assert moved == ([-2000, 2000] if end == "won" else [-2000])
    assert event_types(fake)[-3:] == [
        f"charge.dispute.{change}" for change in ("created", "updated", "closed")
    ]


def test_inquiry_withdraws_no_money(fake, client, intent):
    fake.dispute_open(intent, status="warning_needs_response")
    assert charge_of(client, intent).disputed is False
    assert client.v1.refunds.create({"payment_intent": intent}).status == "succeeded"
