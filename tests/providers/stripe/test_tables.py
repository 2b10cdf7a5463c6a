"""Currencies, declines, events and locales."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_payments.money import currency_decimals
from wagtail_payments.providers.exceptions import AmountRefused
from wagtail_payments.providers.stripe import amounts
from wagtail_payments.providers.stripe.declines import REASONS, decline_reason
from wagtail_payments.providers.stripe.events import EVENTS
from wagtail_payments.providers.stripe.locales import stripe_locale
from wagtail_payments.providers.types import DeclineReason

from .factories import SECRETS, make_request

CARD_CODES = """
    authentication_required authentication_not_handled approve_with_id call_issuer
    card_not_supported card_velocity_exceeded currency_not_supported do_not_honor do_not_try_again
    duplicate_transaction expired_card fraudulent generic_decline incorrect_address incorrect_cvc
    incorrect_number incorrect_pin incorrect_zip insufficient_funds invalid_account invalid_amount
    invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number invalid_pin
    issuer_not_available lost_card merchant_blacklist mobile_device_authentication_required
    new_account_information_available no_action_taken not_permitted offline_pin_required
    online_or_offline_pin_required pickup_card pin_try_exceeded processing_error
    reenter_transaction restricted_card revocation_of_all_authorizations
    revocation_of_authorization security_violation service_not_allowed stolen_card
    stop_payment_order testmode_decline transaction_not_allowed try_again_later
    withdrawal_count_limit_exceeded
"""
OTHER_CODES = """
    partner_generic_decline invalid_customer_account payment_limit_exceeded
    invalid_billing_agreement invalid_business_account partner_high_risk_customer
    compliance_violation payment_disputed invalid_authorization invalid_payment_information
    partner_payment_not_found expired_payment_information recurring_not_supported_by_bank
    partner_expired_card partner_processing_error partner_insufficient_funds
    partner_invalid_currency partner_invalid_amount partner_duplicate_transaction
    partner_action_not_supported lost_or_stolen_card card_already_activated invalid_track_data
"""


@pytest.mark.parametrize("code", [*CARD_CODES.split(), *OTHER_CODES.split()])
def test_every_documented_code_is_mapped(code):
    assert code in REASONS


@pytest.mark.parametrize(
    "code", ["fraudulent", "lost_card", "stolen_card", "pickup_card", "merchant_blacklist", "news"]
)
def test_fraud_and_unknown_codes_are_generic(code):
    assert decline_reason(code, "card_declined") == DeclineReason.GENERIC


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("incorrect_zip", DeclineReason.INCORRECT_ADDRESS),
        ("duplicate_transaction", DeclineReason.DUPLICATE),
        ("partner_insufficient_funds", DeclineReason.INSUFFICIENT_FUNDS),
    ],
)
def test_code_is_mapped_to_a_reason(code, reason):
    assert decline_reason(code, "card_declined") == reason


@given(amount=st.integers(1, 10**9))
def test_amounts_survive_a_round_trip(amount):
    for currency in amounts.CURRENCIES:
        try:
            stripe_amount = amounts.to_stripe(amount, currency)
        except AmountRefused:
            assert amount % 10 or currency == "MGA", currency
        else:
            assert amounts.from_stripe(stripe_amount, currency.lower()) == amount, currency


@pytest.mark.parametrize(
    ("currency", "amount", "stripe_amount"),
    [("EUR", 1250, 1250), ("JPY", 500, 500), ("KWD", 5120, 5120), ("ISK", 5, 500),
     ("UGX", 5, 500), ("HUF", 1045, 1045), ("TWD", 80045, 80045), ("MGA", 500, 5)],
)  # fmt: skip
def test_special_currencies(currency, amount, stripe_amount):
    assert amounts.to_stripe(amount, currency) == stripe_amount


def test_currency_decimals_match_the_table():
    whole = amounts.ZERO_DECIMAL - amounts.BY_100 | amounts.TIMES_100
    for currency in amounts.CURRENCIES:
        expected = 0 if currency in whole else 3 if currency in amounts.THREE_DECIMAL else 2
        assert currency_decimals(currency) == expected, currency


@pytest.mark.parametrize(
    ("language", "locale"),
    [("de", "de"), ("de-at", "de"), ("pt-br", "pt-BR"), ("zh-hant", "zh-TW"), ("es-mx", "es-419"),
     ("nn", "nb"), ("tlh", "auto"), ("", "auto")],
)  # fmt: skip
def test_locales(language, locale):
    assert stripe_locale(language) == locale


def notices(fake, provider):
    for event in fake.events:
        body, headers = fake.webhook(event, secret=SECRETS)
        yield provider.webhook_verify(body, headers, datetime.now(UTC))


def test_event_references_and_metadata(fake, provider):
    reference = provider.checkout_open(make_request()).reference
    intent = fake.pay(reference)["payment_intent"]
    fake.refund_from_dashboard(intent, 100)
    fake.dispute_open(intent)
    by_type = {notice.type: notice for notice in notices(fake, provider)}
    metadata = {"app": "tests", "site": "1", "payment": "42"}
    completed = by_type["checkout.session.completed"]
    assert (completed.checkout_reference, completed.payment_reference) == (reference, intent)
    assert completed.metadata == metadata
    for name in ("refund.created", "charge.dispute.created"):
        assert by_type[name].payment_reference == intent
        assert by_type[name].metadata is None
    assert {
        name for name, notice in by_type.items() if notice.relevant
    } == by_type.keys() & EVENTS.keys()
    assert not by_type["charge.succeeded"].relevant
    assert not completed.live


def test_checkout_parameters_and_user_agent(fake, provider):
    provider.checkout_open(make_request(quantity=2, customer_email="zoe@example.org"))
    _, _, params, key = fake.requests[-1]
    assert key == "payment-42:1"
    assert params["line_items"][0]["price_data"]["unit_amount"] == 1250
    assert params["line_items"][0]["quantity"] == 1
    assert params["adaptive_pricing"] == {"enabled": False}
    assert params["automatic_tax"] == {"enabled": False}
    assert params["allow_promotion_codes"] is False
    assert params["metadata"] == params["payment_intent_data"]["metadata"]
    agent = provider._client._requestor.request_headers("post", "V1", {})
    assert json.loads(agent["X-Stripe-Client-User-Agent"])["application"]["name"] == (
        "wagtail-payments"
    )


def test_delayed_fee_in_another_currency(fake, provider):
    fake.fees_at_once, fake.settles_in = False, "usd"
    reference = provider.checkout_open(make_request()).reference
    fake.pay(reference)
    assert provider.payment_retrieve(reference).fee is None
    fake.settle_fee(reference)
    snapshot = provider.payment_retrieve(reference)
    assert (snapshot.fee, snapshot.fee_currency) == (63, "USD")
