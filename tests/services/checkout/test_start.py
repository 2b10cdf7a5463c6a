"""Starting a checkout: one payment per attempt, with a copy of what was sold."""

from datetime import timedelta
from unittest.mock import ANY
from uuid import uuid4

import pytest
from django.utils import timezone
from wagtail.models import Page

from tests.support.factories import (
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


def test_payment_is_a_copy_of_what_was_sold():
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
    expected = {
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
    assert {name: getattr(reload(payment), name) for name in expected} == expected
    assert payment.checkout_reference
    assert kinds(payment) == [
        EventKind.CREATED,
        EventKind.CHECKOUT_OPENED,
        EventKind.STATUS_CHANGED,
    ]


def test_page_is_copied_and_may_be_missing():
    product = make_product()
    page = Page.objects.filter(depth=2).first()
    payment = start(product, placement=Placement(page.pk, 7, product.pk)).payment
    assert (payment.page_id, payment.page_title, payment.revision_id) == (page.pk, page.title, 7)
    missing = Placement(10**6, None, product.pk)
    assert start(product, placement=missing).payment.page_title == ""


def test_payment_is_kept_without_its_price_and_product():
    product = make_product()
    payment = start(product).payment
    product.prices.all().delete()
    product.delete()
    payment = reload(payment)
    assert payment.product is None
    assert payment.title == "Star night"


def test_double_click_creates_one_payment_and_checkout():
    product, key = make_product(), str(uuid4())
    first, second = (start(product, attempt_key=key) for _ in range(2))
    assert first.payment.pk == second.payment.pk
    assert first.session.reference == second.session.reference
    assert Payment.objects.count() == 1


def test_corrected_email_updates_the_same_payment():
    product, key = make_product(), str(uuid4())
    start(product, attempt_key=key, payer=make_payer(email="tpyo@example.org"))
    payment = start(product, attempt_key=key).payment
    assert reload(payment).payer_email == "zoe@example.org"


@pytest.mark.parametrize("changes", [{"quantity": 2}, {"ui": "hosted"}])
def test_attempt_cannot_change_its_order(changes):
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 4}])
    key = str(uuid4())
    payment = start(product, attempt_key=key).payment
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key, **changes)
    assert error.value.code == "attempt_conflict"
    assert reload(payment).quantity == 1
    assert Payment.objects.count() == 1


def test_attempt_key_of_another_user_is_refused():
    product, key = make_product(), str(uuid4())
    start(product, attempt_key=key, payer=make_payer(user=make_user()))
    with pytest.raises(CheckoutRefused) as error:
        start(product, attempt_key=key)
    assert error.value.code == "attempt_conflict"


def test_started_payment_reserves_stock():
    product = make_product(prices=[{"amount": 1250, "stock": 3, "maximum_quantity": 4}])
    start(product, quantity=2)
    with pytest.raises(CheckoutRefused) as error:
        start(product, quantity=2)
    assert error.value.code == "sold_out"
    assert error.value.extra == {"left": 1}
    assert Payment.objects.count() == 1
    start(product)
    assert stock_left(product.prices.get(), "test") == 0


def test_translations_share_stock():
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


def test_expired_payment_releases_stock():
    product = make_product(prices=[{"amount": 1250, "stock": 1}])
    payment = start(product).payment
    Payment.objects.filter(pk=payment.pk).update(status=PaymentStatus.EXPIRED)
    assert stock_left(product.prices.get(), "test") == 1


def test_sale_does_not_change_the_product():
    product = make_product(prices=[{"amount": 1250, "stock": 5}])
    before = product.serializable_data()
    start(product)
    product.refresh_from_db()
    assert product.serializable_data() == before
    assert Stock.objects.count() == 1


def test_payment_expires_after_thirty_minutes():
    payment = start(make_product()).payment
    left = payment.expires_at - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)


def test_attempt_key_of_another_product_is_refused():
    key = str(uuid4())
    start(make_product(), attempt_key=key)
    with pytest.raises(CheckoutRefused):
        start(make_product(name="Other"), attempt_key=key)
    assert Payment.objects.count() == 1
