"""Stock that a payment gave up, and the money that came all the same."""

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


def given_up(product):
    """A payment whose checkout is over, confirmed by the provider."""
    payment = start(product).payment
    expire(payment)
    apply(payment)
    assert reload(payment).status == PaymentStatus.EXPIRED
    return payment


def money_comes(payment):
    """The provider was wrong, or slow: it has the money all the same."""
    Session.objects.filter(pk=session_of(payment).pk).update(state="succeeded")
    return apply(payment)


def test_it_is_kept_flagged_and_is_refunded_or_kept(product):
    late = given_up(product)
    sold = start(product).payment
    pay(sold)
    apply(sold)
    paid = money_comes(late)
    assert (paid.status, paid.captured_amount) == (PaymentStatus.SUCCEEDED, 1250)
    assert paid.review_reason == ReviewReason.PAID_AFTER_RELEASE
    assert paid.events.filter(kind=EventKind.FLAGGED).count() == 1
    assert payment_actions(paid) - {"refresh"} == {"refund", "review"}
    assert not Receipt.objects.filter(payment=paid).exists()
    kinds = set(paid.deliveries.values_list("kind", flat=True))
    assert kinds == {DeliveryKind.SIGNAL, DeliveryKind.STAFF_EMAIL}
    assert list(payments_to_review()) == [paid]
    # And again: nothing is flagged twice.
    assert apply(paid).version == paid.version


def test_the_other_buyer_only_holds_it_and_it_is_flagged_all_the_same(product):
    late = given_up(product)
    start(product)
    assert money_comes(late).review_reason == ReviewReason.PAID_AFTER_RELEASE


def test_what_is_still_there_is_sold_to_whoever_paid(product):
    paid = money_comes(given_up(product))
    assert (paid.review_reason, stock_left(product.prices.get(), "test")) == ("", 0)
    assert paid.receipt
    with pytest.raises(CheckoutRefused) as refusal:
        start(product)
    assert refusal.value.code == "sold_out"


def test_money_that_is_on_its_way_at_first_is_flagged_too(product):
    late = given_up(product)
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


def test_without_a_limit_nothing_was_released():
    paid = money_comes(given_up(make_product()))
    assert paid.review_reason == ""
    assert Stock.objects.count() == 0


def test_a_product_that_is_gone_has_no_limit_any_more(product):
    late = given_up(product)
    product.delete()
    assert money_comes(late).review_reason == ""


def test_what_staff_receive_late_is_flagged_too(product):
    late = start(product, provider="offline", ui="hosted").payment
    user = make_user()
    payment_cancel(payment_id=late.pk, actor=user)
    pay(start(product).payment)
    applied = payment_mark_received(
        payment_id=late.pk, received_on=timezone.localdate(), method="cash", actor=user
    )
    assert applied.payment.review_reason == ReviewReason.PAID_AFTER_RELEASE


def test_a_pending_payment_holds_its_stock_until_the_provider_confirms_its_end(product):
    held = start(product).payment
    with pytest.raises(CheckoutRefused):
        start(product)
    # By our clock it is over; the provider, who could still be paid, hasn't said so.
    type(held).objects.filter(pk=held.pk).update(expires_at=held.created_at)
    with pytest.raises(CheckoutRefused):
        start(product)
    expire(held)
    type(held).objects.filter(pk=held.pk).update(next_check_at=held.created_at)
    payment_refresh(payment_id=held.pk)
    assert start(product)


def test_a_delayed_payment_holds_its_stock_beyond_the_checkout_until_it_ends(product):
    held = start(product).payment
    attempt = pay_by_bank(held, arrives=False)
    apply(held)
    expire(held)
    type(held).objects.filter(pk=held.pk).update(next_check_at=held.created_at)
    payment_refresh(payment_id=held.pk)
    assert reload(held).status == PaymentStatus.PROCESSING
    with pytest.raises(CheckoutRefused):
        start(product)
    settle(attempt)
    apply(held)
    assert start(product)


def test_test_purchases_take_nothing_from_the_live_stock(monkeypatch):
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
