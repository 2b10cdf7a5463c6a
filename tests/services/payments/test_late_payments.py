"""Payments that succeed after their stock was released."""

import pytest
from django.utils import timezone

from tests.support.company import expire, pay, pay_by_bank, session_of, settle
from tests.support.factories import make_product, make_site, make_user, reload, start
from wagtail_payments.enums import DeliveryKind, EventKind, EventSource, PaymentStatus, ReviewReason
from wagtail_payments.exceptions import CheckoutRefused
from wagtail_payments.models import Payment, Receipt, Stock
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.provider import SandboxProvider
from wagtail_payments.selectors.health.health import payments_to_review
from wagtail_payments.selectors.payments.actions import payment_actions
from wagtail_payments.selectors.products.products import stock_left
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.offline import payment_cancel, payment_mark_received
from wagtail_payments.services.scheduler.sweep import payment_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def site():
    return make_site(staff_email="desk@example.org")


@pytest.fixture
def product():
    return make_product(prices=[{"amount": 1250, "stock": 1}])


def apply(payment):
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def expired_payment(product):
    """Return an expired payment, as confirmed by the provider."""
    payment = start(product).payment
    expire(payment)
    apply(payment)
    assert reload(payment).status == PaymentStatus.EXPIRED
    return payment


def pay_late(payment):
    """Let the provider report success for an expired payment."""
    Session.objects.filter(pk=session_of(payment).pk).update(state="succeeded")
    return apply(payment)


def test_late_payment_for_sold_stock_is_flagged(product):
    late = expired_payment(product)
    sold = start(product).payment
    pay(sold)
    apply(sold)
    paid = pay_late(late)
    assert (paid.status, paid.captured_amount) == (PaymentStatus.SUCCEEDED, 1250)
    assert paid.review_reason == ReviewReason.PAID_AFTER_RELEASE
    assert paid.events.filter(kind=EventKind.FLAGGED).count() == 1
    assert payment_actions(paid) - {"refresh"} == {"refund", "review"}
    assert not Receipt.objects.filter(payment=paid).exists()
    kinds = set(paid.deliveries.values_list("kind", flat=True))
    assert kinds == {DeliveryKind.SIGNAL, DeliveryKind.STAFF_EMAIL}
    assert list(payments_to_review()) == [paid]
    # Applying it again does not flag it twice.
    assert apply(paid).version == paid.version


def test_late_payment_for_reserved_stock_is_flagged(product):
    late = expired_payment(product)
    start(product)
    assert pay_late(late).review_reason == ReviewReason.PAID_AFTER_RELEASE


def test_late_payment_takes_available_stock(product):
    paid = pay_late(expired_payment(product))
    assert (paid.review_reason, stock_left(product.prices.get(), "test")) == ("", 0)
    assert paid.receipt
    with pytest.raises(CheckoutRefused) as error:
        start(product)
    assert error.value.code == "sold_out"


def test_late_delayed_payment_is_flagged(product):
    late = expired_payment(product)
    pay(start(product).payment)
    sessions = Session.objects.filter(pk=session_of(late).pk)
    sessions.update(state="processing")
    assert apply(late).status == PaymentStatus.PROCESSING
    sessions.update(state="succeeded")
    paid = apply(late)
    assert (paid.status, paid.review_reason) == (
        PaymentStatus.SUCCEEDED,
        ReviewReason.PAID_AFTER_RELEASE,
    )
    assert not Receipt.objects.filter(payment=paid).exists()


def test_late_payment_without_a_stock_limit_is_not_flagged():
    paid = pay_late(expired_payment(make_product()))
    assert paid.review_reason == ""
    assert Stock.objects.count() == 0


def test_late_payment_for_a_deleted_product_is_not_flagged(product):
    late = expired_payment(product)
    product.delete()
    assert pay_late(late).review_reason == ""


def test_late_offline_payment_is_flagged(product):
    late = start(product, provider="offline", ui="hosted").payment
    user = make_user()
    payment_cancel(payment_id=late.pk, actor=user)
    pay(start(product).payment)
    applied = payment_mark_received(
        payment_id=late.pk, received_on=timezone.localdate(), method="cash", actor=user
    )
    assert applied.payment.review_reason == ReviewReason.PAID_AFTER_RELEASE


def test_pending_payment_reserves_stock_until_the_provider_expires_it(product):
    reserved = start(product).payment
    with pytest.raises(CheckoutRefused):
        start(product)
    # It expired locally, but the provider has not confirmed that and may still accept payment.
    type(reserved).objects.filter(pk=reserved.pk).update(expires_at=reserved.created_at)
    with pytest.raises(CheckoutRefused):
        start(product)
    expire(reserved)
    type(reserved).objects.filter(pk=reserved.pk).update(next_check_at=reserved.created_at)
    payment_refresh(payment_id=reserved.pk)
    assert start(product)


def test_delayed_payment_reserves_stock_until_it_fails(product):
    reserved = start(product).payment
    attempt = pay_by_bank(reserved, arrives=False)
    apply(reserved)
    expire(reserved)
    type(reserved).objects.filter(pk=reserved.pk).update(next_check_at=reserved.created_at)
    payment_refresh(payment_id=reserved.pk)
    assert reload(reserved).status == PaymentStatus.PROCESSING
    with pytest.raises(CheckoutRefused):
        start(product)
    settle(attempt)
    apply(reserved)
    assert start(product)


def test_test_payments_do_not_use_live_stock(monkeypatch):
    product = make_product(prices=[{"amount": 1250, "stock": 1}])
    pay(start(product).payment)
    with pytest.raises(CheckoutRefused):
        start(product)
    monkeypatch.setattr(SandboxProvider, "live", True)
    bought = start(product).payment
    assert (bought.mode, stock_left(product.prices.get(), "live")) == ("live", 0)
    with pytest.raises(CheckoutRefused):
        start(product)
    assert Payment.objects.count() == 2
