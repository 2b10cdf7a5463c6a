"""Every amount is worked out on the server; what can't be is refused in words and creates nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.support.factories import make_donation, make_order, make_payer, make_product, start
from wagtail_payments.exceptions import CheckoutRefused
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.tokens import placement_read, placement_token
from wagtail_payments.services.checkout.quotes import quote_create

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def refused(product, payer=None, **order):
    """Start with ``order``, expect a refusal that leaves nothing behind, and return it."""
    with pytest.raises(CheckoutRefused) as caught:
        start(product, payer=payer, **order)
    assert Payment.objects.count() == 0
    assert len(caught.value.message) > 5
    return caught.value


def test_a_fixed_price_times_its_quantity():
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 5}])
    quote = quote_create(order=make_order(product, quantity=3, shown_amount=3750))
    assert (quote.unit_amount, quote.quantity, quote.amount) == (1250, 3, 3750)


@pytest.mark.parametrize("quantity", [0, -1, 6, 10**12])
def test_quantities_that_make_no_sense(quantity):
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 5}])
    assert refused(product, quantity=quantity).field == "quantity"


def test_a_tampered_amount_is_shown_and_not_charged():
    error = refused(make_product(), shown_amount=1)
    assert error.code == "price_changed"
    assert error.extra["amount"] == 1250
    assert error.extra["amount_display"] == "€12.50"


def test_an_amount_for_a_fixed_price():
    assert refused(make_product(), amount="1.00").field == "amount"


@pytest.mark.parametrize("typed", ["4.99", "0", "12,50", "1e3", "10.001", "", "1000.01", "-5"])
def test_chosen_amounts_that_are_refused(typed):
    assert refused(make_donation(), amount=typed).field == "amount"


@pytest.mark.parametrize(("typed", "amount"), [("5", 500), ("5.00", 500), ("1000", 100000)])
def test_chosen_amounts_at_the_limits(typed, amount):
    assert quote_create(order=make_order(make_donation(), amount=typed)).amount == amount


def test_a_chosen_amount_has_no_quantity():
    assert refused(make_donation(), amount="10", quantity=2).field == "quantity"


@pytest.mark.parametrize(
    ("currency", "typed", "amount"),
    [("JPY", "1250", 1250), ("UGX", "50000", 50000), ("KWD", "1.250", 1250)],
)
def test_amounts_in_currencies_without_cents(currency, typed, amount, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "CURRENCIES": [currency]}
    product = make_donation(currency=currency, minimum=1, maximum=None)
    assert quote_create(order=make_order(product, amount=typed)).amount == amount


def test_a_currency_that_the_site_does_not_take():
    assert refused(make_product(prices=[{"amount": 100, "currency": "CHF"}])).code == "not_for_sale"


@pytest.mark.parametrize("facts", [{"active": False}, {"live": False}])
def test_a_product_that_is_not_sold(facts):
    assert refused(make_product(**facts)).code == "not_for_sale"


def test_a_price_that_is_over():
    past = timezone.now() - timedelta(minutes=1)
    later = {"amount": 2000}
    product = make_product(prices=[{"amount": 1000, "sold_until": past}, later])
    assert refused(product).code == "price_unavailable"


def test_a_price_of_another_product():
    other = make_product(name="Other").prices.get()
    assert refused(make_product(), price_key=str(other.key)).code == "price_unavailable"


@pytest.mark.parametrize("key", ["", "1", "x" * 40, str(UUID(int=7))])
def test_a_price_key_that_is_nobodys(key):
    assert refused(make_product(), price_key=key).code == "price_unavailable"


def test_a_placement_that_was_tampered_with():
    product = make_product()
    token = placement_token(page_id=1, revision_id=None, product_id=product.pk)
    assert placement_read(token).product_id == product.pk
    assert placement_read(token[:-1]) is None
    assert placement_read("") is None
    assert refused(product, placement=None).code == "placement_invalid"


@pytest.mark.parametrize("email", ["", "zoe", "zoe@", "a@b@c", "x" * 300 + "@example.org"])
def test_an_address_that_a_receipt_cannot_go_to(email):
    assert refused(make_product(), payer=make_payer(email=email)).field == "email"


@pytest.mark.parametrize(
    "email",
    ["x@" + "é" * 60 + ".org", "x@ex\u2028ample.org", "x@\u200b.org", "x@。org.com"],
)
def test_an_address_whose_domain_cannot_be_written_in_mail(email):
    assert refused(make_product(), payer=make_payer(email=email)).field == "email"


@pytest.mark.parametrize("name", ["a\x00b", "a\r\nBcc: x@y.z", "a\u2028b", "\ud800", "a\x1b[1m"])
def test_a_name_with_characters_that_cannot_be_shown(name):
    assert refused(make_product(), payer=make_payer(name=name)).field == "name"


@pytest.mark.parametrize("name", ["Zoë Ωμέγα", "أحمد", "名前", "👩‍🌾 Ana", '=HYPERLINK("x")'])
def test_a_name_in_any_script(name):
    assert start(make_product(), payer=make_payer(name=name)).payment.payer_name == name


def test_a_name_that_is_too_long():
    assert refused(make_product(), payer=make_payer(name="x" * 256)).field == "name"


def test_a_price_that_changed_its_currency_only():
    error = refused(make_product(), shown_amount=1250, shown_currency="USD")
    assert (error.code, error.extra["currency"]) == ("price_changed", "EUR")
    donation = refused(make_donation(), amount="10", shown_currency="JPY")
    assert donation.code == "price_changed"


def test_an_attempt_key_has_to_be_a_uuid():
    assert refused(make_product(), attempt_key="again").code == "attempt_invalid"
