"""The checkout form: only the necessary fields, and the total that was shown."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from tests.support.factories import make_donation, make_product, make_user
from wagtail_payments.forms import CheckoutForm, checkout_initial
from wagtail_payments.selectors.products.offers import offer_of, product_offers

pytestmark = pytest.mark.django_db


def offer_for(product):
    return product_offers(product)[0]


def filled(offer, **changes):
    data = {
        "placement": "token",
        "price_key": offer.key,
        "attempt_key": "key",
        "shown_unit": "1250",
        "quantity": "2",
        "email": "zoe@example.org",
        "name": "",
    }
    return CheckoutForm({**data, **changes}, offer=offer)


def test_a_fixed_price_needs_only_email_and_name():
    form = CheckoutForm(offer=offer_for(make_product()))
    assert [field.name for field in form.visible_fields()] == ["email", "name"]


def test_a_maximum_quantity_adds_a_field():
    form = CheckoutForm(
        offer=offer_for(make_product(prices=[{"amount": 1, "maximum_quantity": 3}]))
    )
    assert [field.name for field in form.visible_fields()] == ["quantity", "email", "name"]
    assert 'max="3"' in str(form["quantity"])


def test_a_chosen_amount_adds_a_field_with_limits():
    form = CheckoutForm(offer=offer_for(make_donation()))
    assert [field.name for field in form.visible_fields()] == ["amount", "email", "name"]
    assert form["amount"].label == "Amount (EUR)"
    assert form["amount"].help_text == "Between €5.00 and €1,000.00."


def test_the_shown_total():
    form = filled(offer_for(make_product(prices=[{"amount": 1250, "maximum_quantity": 3}])))
    assert form.is_valid()
    assert form.shown_amount == 2500


def test_a_typed_amount_has_no_shown_total():
    form = filled(offer_for(make_donation()), amount="10", shown_unit="", quantity="1")
    assert form.is_valid()
    assert form.shown_amount is None


@pytest.mark.parametrize(
    ("field", "typed"), [("email", ""), ("email", "zoe"), ("quantity", "0"), ("quantity", "two")]
)
def test_errors_are_field_errors(field, typed):
    offer = offer_for(make_product(prices=[{"amount": 1250, "maximum_quantity": 3}]))
    form = filled(offer, **{field: typed})
    assert list(form.errors) == [field]


def test_a_typed_amount_overrides_a_suggested_one():
    offer = offer_for(make_donation())
    typed = QueryDict(f"suggested-{offer.key}=10.00&amount-{offer.key}=+33.50+")
    assert checkout_initial(typed, offer, AnonymousUser())["amount"] == "33.50"
    suggested = QueryDict(f"suggested-{offer.key}=10.00&amount-{offer.key}=")
    assert checkout_initial(suggested, offer, AnonymousUser())["amount"] == "10.00"


def test_a_signed_in_user_is_prefilled():
    user = make_user(first_name="Zoë", last_name="Nowak")
    initial = checkout_initial(QueryDict(), offer_for(make_product()), user)
    assert (initial["email"], initial["name"]) == ("zoe@example.org", "Zoë Nowak")


def test_every_form_has_its_own_attempt_key():
    offer = offer_for(make_product())
    keys = {checkout_initial(QueryDict(), offer, AnonymousUser())["attempt_key"] for _ in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_price_has_no_offer(key):
    assert offer_of(make_product(), key) is None
