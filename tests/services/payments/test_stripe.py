"""Services with the Stripe SDK, over HTTP, against a fake of Stripe's API."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.support.factories import make_product, make_site, reload, start
from tests.support.stripe_fake.fixtures import stripe_fake
from wagtail_payments.enums import (
    DisputeStatus,
    EventKind,
    EventSource,
    PaymentStatus,
    RefundStatus,
    ReviewReason,
    WebhookState,
)
from wagtail_payments.exceptions import CheckoutRefused
from wagtail_payments.models import Delivery, Dispute, Payment, Refund, WebhookEvent
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.services.scheduler.sweep import payment_refresh
from wagtail_payments.services.webhooks.inbox import webhook_process, webhook_receive

pytestmark = [pytest.mark.db, pytest.mark.django_db]

SECRET = "whsec_site"
__all__ = ["stripe_fake"]


@pytest.fixture
def fake(stripe_fake, settings):
    make_site()
    conf = settings.WAGTAIL_PAYMENTS
    options = {
        "secret_key": "sk_test_fake",
        "publishable_key": "pk_test_fake",
        "webhook_secrets": [SECRET, "whsec_old"],
        "api_base": stripe_fake.url,
    }
    stripe = {
        "CLASS": "wagtail_payments.providers.stripe.provider.StripeProvider",
        "OPTIONS": options,
    }
    settings.WAGTAIL_PAYMENTS = {
        **conf,
        "PROVIDER": "stripe",
        "PROVIDERS": {**conf["PROVIDERS"], "stripe": stripe},
    }
    return stripe_fake


@pytest.fixture
def paid(fake):
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def events(fake, *types):
    return [event for event in fake.events if event["type"] in types]


def receive(fake, event):
    body, headers = fake.webhook(event, secret=SECRET)
    return webhook_receive(provider_alias="stripe", body=body, headers=headers, now=timezone.now())


def deliver(fake, *types):
    """Deliver the events of these types and process them; return their rows."""
    ids = [receive(fake, event) for event in events(fake, *types)]
    for event_id in ids:
        webhook_process(event_id=event_id)
    return list(WebhookEvent.objects.filter(pk__in=ids).order_by("pk"))


def sessions(fake):
    return fake.store.find("checkout.session")


def create_refund(payment, amount=500):
    return refund_create(
        payment_id=payment.pk,
        key=uuid4(),
        amount=amount,
        reason="requested_by_customer",
        actor=None,
    )


def make_due(refund):
    Refund.objects.filter(pk=refund.pk).update(next_attempt_at=refund.created_at)


def test_payment_from_start_to_receipt(fake):
    payment = start(make_product()).payment
    assert payment.checkout_reference.startswith("cs_test_")
    assert payment.payment_reference is None
    fake.pay(payment.checkout_reference)
    (row,) = deliver(fake, "checkout.session.completed")
    payment = reload(payment)
    assert (row.state, row.payment) == (WebhookState.PROCESSED, payment)
    assert payment.status == PaymentStatus.SUCCEEDED
    assert payment.payment_reference.startswith("pi_")
    assert payment.display_method == "Visa •••• 4242"
    assert (payment.fee, payment.fee_currency) == (44, "EUR")
    assert payment.receipt
    assert row.metadata["payment"] == str(payment.public_id)


@pytest.mark.parametrize("first", ["oldest", "newest"])
def test_events_in_any_order_and_twice(fake, first):
    payment = start(make_product()).payment
    fake.decline(payment.checkout_reference)
    fake.pay(payment.checkout_reference)
    types = ["payment_intent.payment_failed", "checkout.session.completed"]
    if first == "newest":
        types.reverse()
    for event_type in types:
        deliver(fake, event_type)
    for event in events(fake, *types):
        assert receive(fake, event) is None
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert Delivery.objects.count() == 2


def test_decline_is_reported_with_its_reason(fake):
    payment = start(make_product()).payment
    fake.decline(payment.checkout_reference, decline_code="insufficient_funds")
    deliver(fake, "payment_intent.payment_failed")
    line = payment.events.get(kind=EventKind.ATTEMPT_DECLINED)
    assert line.data["reason"] == "insufficient_funds"
    assert reload(payment).status == PaymentStatus.PENDING


def test_lost_response_is_retried_and_opens_one_session(fake):
    product, key = make_product(), str(uuid4())
    fake.fault("timeout_after_success", "/v1/checkout/sessions")
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key)
    assert error.value.code == "provider_unavailable"
    payment = start(product, attempt_key=key).payment
    assert (len(sessions(fake)), Payment.objects.count()) == (1, 1)
    assert (payment.checkout_reference, payment.checkout_try) == (sessions(fake)[0]["id"], 1)


def test_replayed_failure_is_looked_up_before_a_new_attempt(fake):
    product, key = make_product(), str(uuid4())
    fake.fault("error_500", "/v1/checkout/sessions", method="POST")
    with pytest.raises(CheckoutRefused):
        start(product, attempt_key=key)
    payment = start(product, attempt_key=key).payment
    assert payment.checkout_try == 2
    assert (len(sessions(fake)), Payment.objects.count()) == (1, 1)


def test_form_can_be_sent_again_after_a_rate_limit(fake):
    product, key = make_product(), str(uuid4())
    fake.fault("rate_limit", "/v1/checkout/sessions")
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key)
    assert error.value.code == "provider_unavailable"
    assert start(product, attempt_key=key).payment.checkout_try == 1
    assert Payment.objects.count() == 1


def test_amount_refused_by_stripe_is_reported_at_the_field(fake):
    with pytest.raises(CheckoutRefused) as error:
        start(make_product(prices=[{"amount": 10}]))
    assert (error.value.code, error.value.field) == ("amount_refused", "amount")
    assert sessions(fake) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount_total": 999}, ReviewReason.AMOUNT_MISMATCH),
        ({"currency": "usd"}, ReviewReason.CURRENCY_MISMATCH),
    ],
)
def test_mismatch_is_flagged_and_gets_no_receipt(fake, change, reason):
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    fake.store.objects[payment.checkout_reference].update(change)
    deliver(fake, "checkout.session.completed")
    payment = reload(payment)
    assert (payment.status, payment.review_reason) == (PaymentStatus.SUCCEEDED, reason)
    assert not hasattr(payment, "receipt")
    assert [d.kind for d in Delivery.objects.all()] == ["signal"]


def test_event_of_the_other_mode_is_ignored(fake):
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    (event,) = events(fake, "checkout.session.completed")
    row = WebhookEvent.objects.get(pk=receive(fake, {**event, "livemode": True}))
    webhook_process(event_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.mode) == (WebhookState.IGNORED, "live")
    assert reload(payment).status == PaymentStatus.PENDING


@pytest.mark.parametrize(
    "metadata", [{}, {"app": "shop"}, {"app": "wagtail-payments", "payment": str(uuid4())}]
)
def test_foreign_events_are_stored_and_ignored(fake, metadata):
    foreign = open_foreign_session(fake, metadata)
    fake.pay(foreign["id"])
    fake.refund_from_dashboard(fake.store.objects[foreign["id"]]["payment_intent"])
    rows = deliver(fake, "checkout.session.completed", "refund.created", "charge.updated")
    assert {row.state for row in rows} == {WebhookState.IGNORED}
    assert not Payment.objects.exists()
    assert not Refund.objects.exists()


def open_foreign_session(fake, metadata):
    price = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Shoes"}}
    session = fake.client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "ui_mode": "hosted_page",
            "success_url": "https://example.org/",
            "line_items": [{"price_data": price, "quantity": 1}],
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
        }
    )
    return {"id": session.id}


def test_unlisted_event_type_is_stored_as_ignored(paid, fake):
    (row,) = deliver(fake, "payment_intent.created")
    assert row.state == WebhookState.IGNORED


def test_fee_reported_later(fake):
    fake.fees_at_once = False
    fake.settles_in = "usd"
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    deliver(fake, "checkout.session.completed")
    assert reload(payment).fee is None
    fake.settle_fee(payment.checkout_reference)
    deliver(fake, "charge.updated")
    assert (reload(payment).fee_currency, reload(payment).display_fee[0]) == ("USD", "$")


def test_missing_field_is_recorded_once_and_retried(fake):
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    path = f"/v1/checkout/sessions/{payment.checkout_reference}"
    fake.fault("drop_field", path, times=2, field="payment_status")
    (event,) = events(fake, "checkout.session.completed")
    event_id = receive(fake, event)
    for _ in range(2):
        WebhookEvent.objects.update(next_attempt_at=timezone.now())
        assert webhook_process(event_id=event_id).retry_at
    assert payment.events.filter(kind=EventKind.ANSWER_INCOMPLETE).count() == 1
    assert reload(payment).status == PaymentStatus.PENDING
    WebhookEvent.objects.update(next_attempt_at=timezone.now())
    webhook_process(event_id=event_id)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


@pytest.mark.parametrize("kind", ["unknown_fields", "new_enum"])
def test_unknown_fields_and_values_are_accepted(fake, kind):
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    fake.fault(kind, "/v1/checkout/sessions/*", times=5)
    deliver(fake, "checkout.session.completed")
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_refund_from_the_dashboard_is_recorded(paid, fake):
    fake.refund_from_dashboard(paid.payment_reference, 400)
    deliver(fake, "refund.created")
    (refund,) = paid.refunds.all()
    assert (refund.amount, refund.status, refund.actor) == (400, RefundStatus.SUCCEEDED, None)
    assert reload(paid).refunded_amount == 400


def test_refund_event_may_arrive_before_the_response(paid, fake):
    fake.fault("timeout_after_success", "/v1/refunds")
    refund = create_refund(paid)
    assert refund_send(refund_id=refund.pk, interactive=True).retry_at
    deliver(fake, "refund.created")
    assert (Refund.objects.count(), Refund.objects.get().status) == (1, RefundStatus.SUCCEEDED)
    make_due(refund)
    refund_send(refund_id=refund.pk)
    assert (reload(paid).refunded_amount, len(fake.store.find("refund"))) == (500, 1)


def test_refund_with_a_replayed_failure_is_looked_up(paid, fake):
    fake.fault("error_500", "/v1/refunds", method="POST")
    refund = create_refund(paid)
    assert refund_send(refund_id=refund.pk, interactive=True).retry_at
    make_due(refund)
    sent = refund_send(refund_id=refund.pk, interactive=True)
    assert (sent.refund.status, sent.refund.refund_try) == (RefundStatus.SUCCEEDED, 2)
    assert len(fake.store.find("refund")) == 1


def test_refund_with_an_expired_key_is_looked_up(paid, fake):
    fake.fault("timeout_after_success", "/v1/refunds")
    refund = create_refund(paid)
    refund_send(refund_id=refund.pk, interactive=True)
    fake.clock.advance(25 * 3600)
    Refund.objects.update(tried_at=timezone.now() - timedelta(hours=24))
    make_due(refund)
    sent = refund_send(refund_id=refund.pk)
    assert (sent.refund.status, sent.refund.refund_try) == (RefundStatus.SUCCEEDED, 1)
    assert (len(fake.store.find("refund")), reload(paid).refunded_amount) == (1, 500)


def test_pending_refund_that_fails_later(paid, fake):
    fake.next_refund("pending")
    sent = refund_send(refund_id=create_refund(paid).pk)
    assert (sent.refund.status, reload(paid).refunded_amount) == (RefundStatus.PENDING, 500)
    fake.refund_update(sent.refund.reference, "failed", "expired_or_canceled_card")
    deliver(fake, "refund.failed")
    refund = Refund.objects.get()
    assert refund.status == RefundStatus.FAILED
    assert refund.failure_reason == "expired_or_canceled_card"
    assert reload(paid).refunded_amount == 0


def test_refund_refused_by_stripe_has_a_reason(paid, fake):
    fake.dispute_open(paid.payment_reference)
    sent = refund_send(refund_id=create_refund(paid).pk)
    assert sent.refund.status == RefundStatus.FAILED
    assert sent.refund.failure_reason
    assert fake.store.find("refund") == []


def test_dispute_from_opened_to_lost(paid, fake):
    dispute = fake.dispute_open(paid.payment_reference)
    deliver(fake, "charge.dispute.created")
    row = Dispute.objects.get()
    assert (row.payment, row.status, row.amount) == (paid, DisputeStatus.NEEDS_RESPONSE, 1250)
    assert row.due_by > timezone.now()
    fake.dispute_close(dispute["id"], "lost")
    deliver(fake, "charge.dispute.closed")
    assert Dispute.objects.get().status == DisputeStatus.LOST
    assert paid.events.filter(kind=EventKind.DISPUTE_CHANGED).count() == 2


def test_refresh_expires_an_overdue_session(fake):
    payment = start(make_product()).payment
    past = timezone.now() - timedelta(minutes=2)
    Payment.objects.update(expires_at=past, next_check_at=past)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.EXPIRED
    assert sessions(fake)[0]["status"] == "expired"


def test_overdue_session_that_was_paid_stays_paid(fake):
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    past = timezone.now() - timedelta(minutes=2)
    Payment.objects.update(expires_at=past, next_check_at=past)
    payment_refresh(payment_id=payment.pk)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_no_secrets_are_stored(paid, fake):
    deliver(fake, "checkout.session.completed", "charge.updated")
    texts = [bytes(row.body).decode() for row in WebhookEvent.objects.all()]
    texts += [json.dumps(event.data) for event in paid.events.all()]
    for text in texts:
        for secret in ("sk_test_fake", SECRET, "4242424242424242"):
            assert secret not in text


def test_refund_with_changed_parameters_is_looked_up(paid, fake):
    """The parameters changed between two attempts, but the first one may have succeeded."""
    fake.fault("timeout_after_success", "/v1/refunds")
    refund = create_refund(paid)
    refund_send(refund_id=refund.pk, interactive=True)
    Payment.objects.update(site=None)
    make_due(refund)
    sent = refund_send(refund_id=refund.pk)
    assert (sent.refund.status, sent.refund.refund_try) == (RefundStatus.SUCCEEDED, 1)
    assert len(fake.store.find("refund")) == 1


def test_checkout_with_changed_parameters_is_looked_up(fake):
    product, key = make_product(), str(uuid4())
    fake.fault("timeout_after_success", "/v1/checkout/sessions")
    with pytest.raises(CheckoutRefused):
        start(product, attempt_key=key)
    Payment.objects.update(site=None)
    assert start(product, attempt_key=key).payment.checkout_reference == sessions(fake)[0]["id"]
    assert len(sessions(fake)) == 1


def test_refund_waits_while_the_keys_are_of_another_mode(paid, fake, settings):
    refund = create_refund(paid)
    options = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["stripe"]["OPTIONS"]
    options.update(secret_key="sk_live_fake", publishable_key="pk_live_fake")
    assert refund_send(refund_id=refund.pk).retry_at
    assert Refund.objects.get().status == RefundStatus.CREATED
    assert fake.store.find("refund") == []
    options.update(secret_key="sk_test_fake", publishable_key="pk_test_fake")
    make_due(refund)
    assert refund_send(refund_id=refund.pk).refund.status == RefundStatus.SUCCEEDED


def test_test_payment_is_not_continued_in_live_mode(fake, settings):
    product, key = make_product(), str(uuid4())
    fake.fault("error_500", "/v1/checkout/sessions", method="POST")
    with pytest.raises(CheckoutRefused):
        start(product, attempt_key=key)
    options = settings.WAGTAIL_PAYMENTS["PROVIDERS"]["stripe"]["OPTIONS"]
    options.update(secret_key="sk_live_fake", publishable_key="pk_live_fake")
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key)
    assert error.value.code == "attempt_conflict"
    assert sessions(fake) == []


def test_event_of_another_session_stays_pending(fake):
    payment = start(make_product()).payment
    foreign = open_foreign_session(
        fake, dict(fake.store.objects[payment.checkout_reference]["metadata"])
    )
    fake.pay(foreign["id"])
    (row,) = deliver(fake, "checkout.session.completed")
    assert row.state == WebhookState.PENDING
    assert "another checkout" in row.last_error
    assert reload(payment).status == PaymentStatus.PENDING


def test_charge_without_a_payment_intent_is_ignored(paid, fake):
    (event,) = events(fake, "charge.succeeded")
    charge = {**event["data"]["object"], "payment_intent": None, "metadata": {}}
    event = {**event, "id": "evt_x", "type": "charge.updated", "data": {"object": charge}}
    row = WebhookEvent.objects.get(pk=receive(fake, event))
    webhook_process(event_id=row.pk)
    row.refresh_from_db()
    assert row.state == WebhookState.IGNORED


def test_invalid_metadata_is_not_stored(paid, fake):
    (event,) = events(fake, "checkout.session.completed")
    metadata = {
        "app": "wagtail-payments",
        "payment": "\x00",
        "site": 5,
        "other": "name@example.org",
    }
    session = {**event["data"]["object"], "metadata": metadata, "payment_intent": "pi_\x00"}
    row = WebhookEvent.objects.get(
        pk=receive(fake, {**event, "id": "evt_odd", "data": {"object": session}})
    )
    assert (row.metadata, row.payment_reference) == ({"app": "wagtail-payments"}, None)


def test_fee_in_an_unknown_currency_is_left_out(fake):
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    for transaction in fake.store.find("balance_transaction"):
        transaction["currency"] = "usdc"
    deliver(fake, "checkout.session.completed")
    assert (reload(payment).status, reload(payment).fee) == (PaymentStatus.SUCCEEDED, None)
