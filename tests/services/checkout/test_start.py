"""Starting to pay: written down first, once, whatever the visitor clicks."""

from datetime import timedelta
from unittest.mock import ANY
from uuid import uuid4

import pytest
from django.utils import timezone
from wagtail.models import Page

from tests.support.factories import (
    make_order,
    make_payer,
    make_product,
    make_site,
    make_user,
    reload,
    start,
)
from wagtail_payments.enums import EventKind, PaymentStatus
from wagtail_payments.exceptions import CheckoutRefused
from wagtail_payments.models import Payment, Stock
from wagtail_payments.selectors.payments.tokens import Placement
from wagtail_payments.selectors.products.products import stock_left

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def kinds(payment):
    return [event.kind for event in payment.events.all()]


def test_a_payment_is_a_frozen_copy_of_what_was_sold():
    make_site(terms_url="https://example.org/terms/")
    product = make_product(
        prices=[{"amount": 1250, "name": "Adult", "tax_rate": 7, "maximum_quantity": 4}]
    )
    user = make_user()
    payment = reload(start(product, payer=make_payer(user=user), quantity=2).payment)
    product.name, price = "Renamed", product.prices.get()
    price.amount = 9900
    price.save()
    product.save()
    facts = {
        "title": "Star night",
        "price_name": "Adult",
        "unit_amount": 1250,
        "quantity": 2,
        "amount": 2500,
        "currency": "EUR",
        "tax_amount": 164,
        "payer": user,
        "payer_email": "zoe@example.org",
        "language": "en",
        "status": PaymentStatus.PENDING,
        "provider": "sandbox",
        "mode": "test",
        "terms_url": "https://example.org/terms/",
        "checkout_reference": ANY,
    }
    assert {name: getattr(reload(payment), name) for name in facts} == facts
    assert payment.checkout_reference
    assert kinds(payment) == [
        EventKind.CREATED,
        EventKind.CHECKOUT_OPENED,
        EventKind.STATUS_CHANGED,
    ]


def test_the_page_is_frozen_and_may_be_gone():
    product = make_product()
    page = Page.objects.filter(depth=2).first()
    there = start(product, placement=Placement(page.pk, 7, product.pk)).payment
    assert (there.page_id, there.page_title, there.revision_id) == (page.pk, page.title, 7)
    gone = Placement(10**6, None, product.pk)
    assert start(product, placement=gone).payment.page_title == ""


def test_a_removed_price_and_product_leave_the_payment_whole():
    product = make_product()
    payment = start(product).payment
    product.prices.all().delete()
    product.delete()
    payment = reload(payment)
    assert payment.product is None
    assert payment.title == "Star night"


def test_a_double_click_is_one_payment_with_one_checkout():
    product, key = make_product(), str(uuid4())
    first, second = (start(product, attempt_key=key) for _ in range(2))
    assert first.payment.pk == second.payment.pk
    assert first.session.reference == second.session.reference
    assert Payment.objects.count() == 1


def test_a_corrected_address_reaches_the_same_payment():
    product, key = make_product(), str(uuid4())
    start(product, attempt_key=key, payer=make_payer(email="tpyo@example.org"))
    payment = start(product, attempt_key=key).payment
    assert reload(payment).payer_email == "zoe@example.org"


@pytest.mark.parametrize("changes", [{"quantity": 2}, {"ui": "hosted"}])
def test_a_try_cannot_change_what_it_pays_for(changes):
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 4}])
    key = str(uuid4())
    payment = start(product, attempt_key=key).payment
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key, **changes)
    assert error.value.code == "attempt_conflict"
    assert reload(payment).quantity == 1
    assert Payment.objects.count() == 1


def test_somebody_elses_attempt_key_opens_nothing():
    product, key = make_product(), str(uuid4())
    start(product, attempt_key=key, payer=make_payer(user=make_user()))
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key)
    assert error.value.code == "attempt_conflict"


def test_stock_is_held_by_a_started_payment():
    product = make_product(prices=[{"amount": 1250, "stock": 3, "maximum_quantity": 4}])
    start(product, quantity=2)
    with pytest.raises(CheckoutRefused) as error:
        start(product, quantity=2)
    assert error.value.code == "sold_out"
    assert error.value.extra == {"left": 1}
    assert Payment.objects.count() == 1
    start(product)
    assert stock_left(product.prices.get(), "test") == 0


def test_stock_counts_over_all_translations():
    from wagtail.models import Locale

    product = make_product(prices=[{"amount": 1250, "stock": 1}])
    german = product.copy_for_translation(Locale.objects.create(language_code="de"))
    german.live = True
    german.save()
    start(product)
    with pytest.raises(CheckoutRefused) as error:
        start(german)
    assert error.value.code == "sold_out"
    assert Payment.objects.count() == 1
    assert german.prices.get().key == product.prices.get().key


def test_a_payment_that_ended_without_money_gives_its_stock_back():
    product = make_product(prices=[{"amount": 1250, "stock": 1}])
    payment = start(product).payment
    Payment.objects.filter(pk=payment.pk).update(status=PaymentStatus.EXPIRED)
    assert stock_left(product.prices.get(), "test") == 1


def test_sales_change_nothing_on_the_product():
    product = make_product(prices=[{"amount": 1250, "stock": 5}])
    before = product.serializable_data()
    start(product)
    product.refresh_from_db()
    assert product.serializable_data() == before
    assert Stock.objects.count() == 1


def test_what_a_started_payment_is_given():
    payment = start(make_product()).payment
    left = payment.expires_at - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)


def test_two_products_may_share_an_order_form_but_not_a_try():
    key = str(uuid4())
    start(make_product(), attempt_key=key)
    with pytest.raises(CheckoutRefused):
        start(make_product(name="Other"), attempt_key=key)
    assert make_order(make_product(), attempt_key=key).attempt_key == key
