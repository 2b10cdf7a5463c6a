"""The provider's state is applied once, and never backwards."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.company import DECLINED, NO_MONEY, expire, pay, pay_by_bank, session_of, settle
from tests.support.factories import make_product, make_site, reload, start
from wagtail_payments.enums import (
    TRANSITIONS,
    DeliveryKind,
    EventKind,
    EventSource,
    PaymentStatus,
    ReviewReason,
)
from wagtail_payments.models import Delivery, Payment, Receipt
from wagtail_payments.providers.exceptions import ProviderUnavailable
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.provider import SandboxProvider
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.services.payments.apply import payment_apply

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def apply(payment):
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)


def timeline(payment, kind):
    return list(payment.events.filter(kind=kind))


def test_paid():
    make_site()
    payment = start(make_product()).payment
    pay(payment)
    applied = apply(payment)
    payment = reload(payment)
    assert payment.status == PaymentStatus.SUCCEEDED
    assert payment.captured_amount == 1250
    assert (payment.method_brand, payment.method_last4) == ("visa", "4242")
    assert payment.fee == 44
    assert payment.paid_at
    assert payment.receipt.code.startswith("TEST-ST-")
    queued = {(row.kind, row.occurrence) for row in Delivery.objects.all()}
    assert queued == {
        (DeliveryKind.RECEIPT_EMAIL, "issued"),
        (DeliveryKind.SIGNAL, "payment_succeeded"),
    }
    assert set(applied.delivery_ids) == set(Delivery.objects.values_list("pk", flat=True))


def test_applying_again_changes_nothing():
    payment = start(make_product()).payment
    pay(payment)
    apply(payment)
    before = Payment.objects.values().get(pk=payment.pk)
    timeline_length = payment.events.count()
    for _ in range(3):
        assert apply(payment).delivery_ids == []
    assert Payment.objects.values().get(pk=payment.pk) == before
    assert payment.events.count() == timeline_length
    assert Receipt.objects.count() == 1
    assert Delivery.objects.count() == 2


def test_decline_leaves_the_payment_pending_and_is_recorded_once():
    payment = start(make_product()).payment
    pay(payment, DECLINED)
    apply(payment)
    apply(payment)
    pay(payment, NO_MONEY)
    apply(payment)
    payment = reload(payment)
    assert payment.status == PaymentStatus.PENDING
    assert payment.failure_reason == "insufficient_funds"
    assert len(timeline(payment, EventKind.ATTEMPT_DECLINED)) == 2
    assert not Delivery.objects.exists()
    pay(payment)
    apply(payment)
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert reload(payment).failure_reason == ""


@pytest.mark.parametrize(
    ("arrives", "status", "signal"),
    [
        (True, PaymentStatus.SUCCEEDED, "payment_succeeded"),
        (False, PaymentStatus.FAILED, "payment_failed"),
    ],
)
def test_delayed_payment_method(arrives, status, signal):
    payment = start(make_product()).payment
    attempt = pay_by_bank(payment, arrives=arrives)
    apply(payment)
    assert reload(payment).status == PaymentStatus.PROCESSING
    assert not Delivery.objects.exists()
    settle(attempt)
    apply(payment)
    assert reload(payment).status == status
    assert Delivery.objects.filter(kind=DeliveryKind.SIGNAL).get().occurrence == signal
    assert hasattr(reload(payment), "receipt") is arrives


def test_expired():
    payment = start(make_product()).payment
    expire(payment)
    apply(payment)
    assert reload(payment).status == PaymentStatus.EXPIRED
    assert not Delivery.objects.exists()


def test_success_at_the_provider_overrides_expiry():
    payment = start(make_product()).payment
    pay(payment)
    Payment.objects.filter(pk=payment.pk).update(status=PaymentStatus.EXPIRED)
    apply(payment)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("amount", 1251, ReviewReason.AMOUNT_MISMATCH),
        ("currency", "USD", ReviewReason.CURRENCY_MISMATCH),
    ],
)
def test_mismatch_is_flagged_and_gets_no_receipt(field, value, reason):
    payment = start(make_product()).payment
    pay(payment)
    Session.objects.filter(pk=session_of(payment).pk).update(**{field: value})
    apply(payment)
    payment = reload(payment)
    assert payment.status == PaymentStatus.SUCCEEDED
    assert payment.review_reason == reason
    assert len(timeline(payment, EventKind.FLAGGED)) == 1
    assert not Receipt.objects.exists()
    assert not Delivery.objects.filter(kind=DeliveryKind.RECEIPT_EMAIL).exists()


def test_provider_error_changes_nothing():
    payment = start(make_product()).payment
    pay(payment)
    before = Payment.objects.values().get(pk=payment.pk)
    fault_arm("error_500")
    with pytest.raises(ProviderUnavailable):
        apply(payment)
    assert Payment.objects.values().get(pk=payment.pk) == before
    apply(payment)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_stale_response_is_requested_again(monkeypatch):
    """Another worker applies the payment before the response arrives."""
    payment = start(make_product()).payment
    retrieve = SandboxProvider.payment_retrieve
    statuses = []

    def slow(self, reference):
        snapshot = retrieve(self, reference)
        statuses.append(snapshot.status)
        if len(statuses) == 1:
            pay(payment)
            apply(payment)
        return snapshot

    monkeypatch.setattr(SandboxProvider, "payment_retrieve", slow)
    apply(payment)
    assert statuses[0] == "open"
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert [event.data["after"] for event in timeline(payment, EventKind.STATUS_CHANGED)] == [
        "pending",
        "succeeded",
    ]


def test_constantly_changing_payment_is_retried_later(monkeypatch):
    payment = start(make_product()).payment
    retrieve = SandboxProvider.payment_retrieve

    def change_version(self, reference):
        row = reload(payment)
        Payment.objects.filter(pk=payment.pk).update(version=row.version + 1)
        return retrieve(self, reference)

    monkeypatch.setattr(SandboxProvider, "payment_retrieve", change_version)
    with pytest.raises(ProviderUnavailable):
        apply(payment)
    assert reload(payment).status == PaymentStatus.PENDING


def test_rollback_leaves_no_gap_in_the_receipt_numbers():
    make_site()
    payment, other = (start(make_product()).payment for _ in range(2))
    pay(payment)
    pay(other)
    with transaction.atomic():
        apply(payment)
        transaction.set_rollback(True)
    assert not Receipt.objects.exists()
    apply(other)
    apply(payment)
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_succeeded_is_final():
    assert TRANSITIONS[PaymentStatus.SUCCEEDED] == frozenset()
    assert all(PaymentStatus.SUCCEEDED in TRANSITIONS[s] for s in PaymentStatus if s != "succeeded")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.sampled_from(["pay", "decline", "bank", "settle", "expire", "apply", "fail"]),
        max_size=10,
    )
)
def test_any_order_of_actions_ends_in_the_providers_state(db, steps):
    """Any order ends with the same state, at most one receipt and a timeline without gaps."""
    from wagtail_payments.sandbox.services.sessions import SessionClosed

    payment = start(make_product()).payment
    attempts = []
    actions = {
        "pay": lambda: pay(payment),
        "decline": lambda: pay(payment, DECLINED),
        "bank": lambda: attempts.append(pay_by_bank(payment)),
        "settle": lambda: attempts and settle(attempts.pop()),
        "expire": lambda: expire(payment),
        "apply": lambda: apply(payment),
        "fail": lambda: fault_arm("error_500"),
    }
    for step in [*steps, "apply", "apply"]:
        try:
            actions[step]()
        except (SessionClosed, ProviderUnavailable):
            continue
    while True:
        try:
            apply(payment)
            break
        except ProviderUnavailable:
            continue
    payment, session = reload(payment), session_of(payment)
    expected = "pending" if session.state == "open" else session.state
    assert payment.status == expected
    assert Receipt.objects.filter(payment=payment).count() == (expected == "succeeded")
    changes = [
        (e.data["before"], e.data["after"]) for e in timeline(payment, EventKind.STATUS_CHANGED)
    ]
    assert [after for _, after in changes[:-1]] == [before for before, _ in changes[1:]]
    assert changes[-1][1] == payment.status
