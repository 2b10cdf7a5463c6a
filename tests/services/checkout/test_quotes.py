"""Amounts are calculated on the server; an invalid order is refused and creates nothing."""

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
    """Start with ``order``, expect a refusal that creates nothing, and return it."""
    with pytest.raises(CheckoutRefused) as error:
        start(product, payer=payer, **order)
    assert Payment.objects.count() == 0
    assert len(error.value.message) > 5
    return error.value


def test_fixed_price_is_multiplied_by_quantity():
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 5}])
    quote = quote_create(order=make_order(product, quantity=3, shown_amount=3750))
    assert (quote.unit_amount, quote.quantity, quote.amount) == (1250, 3, 3750)


@pytest.mark.parametrize("quantity", [0, -1, 6, 10**12])
def test_invalid_quantities(quantity):
    product = make_product(prices=[{"amount": 1250, "maximum_quantity": 5}])
    assert refused(product, quantity=quantity).field == "quantity"


def test_tampered_amount_is_refused_with_the_current_price():
    error = refused(make_product(), shown_amount=1)
    assert error.code == "price_changed"
    assert error.extra["amount"] == 1250
    assert error.extra["amount_display"] == "€12.50"


def test_amount_for_a_fixed_price_is_refused():
    assert refused(make_product(), amount="1.00").field == "amount"


@pytest.mark.parametrize("typed", ["4.99", "0", "12,50", "1e3", "10.001", "", "1000.01", "-5"])
def test_invalid_chosen_amounts(typed):
    assert refused(make_donation(), amount=typed).field == "amount"


@pytest.mark.parametrize(("typed", "amount"), [("5", 500), ("5.00", 500), ("1000", 100000)])
def test_chosen_amounts_at_the_limits(typed, amount):
    assert quote_create(order=make_order(make_donation(), amount=typed)).amount == amount


def test_chosen_amount_with_quantity_is_refused():
    assert refused(make_donation(), amount="10", quantity=2).field == "quantity"


@pytest.mark.parametrize(
    ("currency", "typed", "amount"),
    [("JPY", "1250", 1250), ("UGX", "50000", 50000), ("KWD", "1.250", 1250)],
)
def test_currencies_with_zero_and_three_decimals(currency, typed, amount, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "CURRENCIES": [currency]}
    product = make_donation(currency=currency, minimum=1, maximum=None)
    assert quote_create(order=make_order(product, amount=typed)).amount == amount


def test_currency_not_accepted_by_the_site():
    assert refused(make_product(prices=[{"amount": 100, "currency": "CHF"}])).code == "not_for_sale"


@pytest.mark.parametrize("fields", [{"active": False}, {"live": False}])
def test_inactive_or_unpublished_product(fields):
    assert refused(make_product(**fields)).code == "not_for_sale"


def test_expired_price():
    past = timezone.now() - timedelta(minutes=1)
    next_price = {"amount": 2000}
    product = make_product(prices=[{"amount": 1000, "sold_until": past}, next_price])
    assert refused(product).code == "price_unavailable"


def test_price_of_another_product():
    other = make_product(name="Other").prices.get()
    assert refused(make_product(), price_key=str(other.key)).code == "price_unavailable"


@pytest.mark.parametrize("key", ["", "1", "x" * 40, str(UUID(int=7))])
def test_unknown_price_key(key):
    assert refused(make_product(), price_key=key).code == "price_unavailable"


def test_tampered_placement():
    product = make_product()
    token = placement_token(page_id=1, revision_id=None, product_id=product.pk)
    assert placement_read(token).product_id == product.pk
    assert placement_read(token[:-1]) is None
    assert placement_read("") is None
    assert refused(product, placement=None).code == "placement_invalid"


@pytest.mark.parametrize("email", ["", "zoe", "zoe@", "a@b@c", "x" * 300 + "@example.org"])
def test_invalid_email(email):
    assert refused(make_product(), payer=make_payer(email=email)).field == "email"


@pytest.mark.parametrize(
    "email",
    ["x@" + "é" * 60 + ".org", "x@ex\u2028ample.org", "x@\u200b.org", "x@。org.com"],
)
def test_invalid_email_domain(email):
    assert refused(make_product(), payer=make_payer(email=email)).field == "email"


@pytest.mark.parametrize("name", ["a\x00b", "a\r\nBcc: x@y.z", "a\u2028b", "\ud800", "a\x1b[1m"])
def test_name_with_unprintable_characters(name):
    assert refused(make_product(), payer=make_payer(name=name)).field == "name"


@pytest.mark.parametrize("name", ["Zoë Ωμέγα", "أحمد", "名前", "👩‍🌾 Ana", '=HYPERLINK("x")'])
def test_name_in_any_script(name):
    assert start(make_product(), payer=make_payer(name=name)).payment.payer_name == name


def test_name_too_long():
    assert refused(make_product(), payer=make_payer(name="x" * 256)).field == "name"


def test_changed_currency_is_refused():
    error = refused(make_product(), shown_amount=1250, shown_currency="USD")
    assert (error.code, error.extra["currency"]) == ("price_changed", "EUR")
    donation = refused(make_donation(), amount="10", shown_currency="JPY")
    assert donation.code == "price_changed"


def test_attempt_key_must_be_a_uuid():
    assert refused(make_product(), attempt_key="again").code == "attempt_invalid"
