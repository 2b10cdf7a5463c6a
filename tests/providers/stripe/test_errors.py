"""What goes wrong between us and Stripe, and what comes of it."""

import logging
import time
import traceback

import pytest

from wagtail_payments.providers.exceptions import (
    AmountRefused,
    AnswerIncomplete,
    AnswerReplayed,
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    ReferenceUnknown,
)
from wagtail_payments.providers.stripe import StripeProvider, client
from wagtail_payments.providers.types import ProviderStatus

from .making import SECRETS, make_provider, make_request

SESSIONS = "/v1/checkout/sessions"


def sessions(fake):
    return fake.store.find("checkout.session")


@pytest.mark.parametrize("kind", ["rate_limit", "error_500", "timeout_after_success"])
def test_an_unknown_outcome(fake, provider, kind):
    fake.fault(kind, SESSIONS)
    with pytest.raises(ProviderUnavailable):
        provider.checkout_open(make_request())
    assert len(sessions(fake)) == (kind == "timeout_after_success")


def test_a_timeout_after_success_opens_one_session(fake, provider):
    request = make_request()
    fake.fault("timeout_after_success", SESSIONS)
    with pytest.raises(ProviderUnavailable):
        provider.checkout_open(request)
    session = provider.checkout_open(request)
    assert [found["id"] for found in sessions(fake)] == [session.reference]


def test_a_replayed_failure_is_looked_up_and_begun_again(fake, provider):
    request = make_request()
    fake.fault("error_500", SESSIONS)
    with pytest.raises(ProviderUnavailable):
        provider.checkout_open(request)
    with pytest.raises(AnswerReplayed):
        provider.checkout_open(request)
    assert provider.checkout_find(request) is None
    session = provider.checkout_open(make_request(idempotency_key="payment-42:2"))
    assert provider.checkout_find(request) == session
    other = {**request.metadata, "payment": "43"}
    assert provider.checkout_find(make_request(metadata=other)) is None


def test_a_listing_that_failed_is_no_proof(fake, provider):
    fake.fault("error_500", SESSIONS, method="get")
    with pytest.raises(ProviderUnavailable):
        provider.checkout_find(make_request())


def test_a_visitor_waits_once_and_a_task_tries_again(fake):
    fake.fault("error_500", SESSIONS + "/*", times=2)
    patient = make_provider(fake, interactive=False)
    reference = patient.checkout_open(make_request()).reference
    assert patient.payment_retrieve(reference).status == ProviderStatus.OPEN
    fake.fault("error_500", SESSIONS + "/*")
    with pytest.raises(ProviderUnavailable):
        make_provider(fake).payment_retrieve(reference)
    assert fake.faults.armed == []


def test_a_server_that_hangs_is_given_up(fake, monkeypatch):
    client.stripe_client.cache_clear()
    monkeypatch.setattr(client, "TIMEOUT_INTERACTIVE", (0.2, 0.2))
    fake.fault("hang", SESSIONS, seconds=1)
    begin = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        make_provider(fake).checkout_open(make_request())
    assert time.monotonic() - begin < 0.9
    client.stripe_client.cache_clear()
    time.sleep(1)


def test_the_timeouts_are_those_that_were_asked_for(provider):
    for interactive, timeout, retries in ((True, (3, 10), 0), (False, (5, 20), 2)):
        provider.interactive = interactive
        requestor = provider._client._requestor
        assert requestor._client._timeout == timeout
        assert requestor._options.max_network_retries == retries


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": 49}, AmountRefused),
        ({"amount": 99_999_999_999}, AmountRefused),
        ({"amount": 1255, "currency": "KWD"}, AmountRefused),
        ({"amount": 0}, AmountRefused),
        ({"customer_email": "zoe"}, ProviderRefused),
    ],
)
def test_what_stripe_refuses(fake, provider, changes, error):
    with pytest.raises(error):
        provider.checkout_open(make_request(**changes))
    assert sessions(fake) == []


@pytest.mark.parametrize("key", ["sk_test_wrong", "rk_test_wrong"])
def test_a_key_that_stripe_refuses(fake, key):
    with pytest.raises(ProviderUnavailable, match="payments_doctor"):
        make_provider(fake, secret_key=key).checkout_open(make_request())
    assert sessions(fake) == []


def test_the_other_mode_has_no_such_object(fake, provider):
    reference = provider.checkout_open(make_request()).reference
    live = make_provider(fake, secret_key="sk_live_fake", publishable_key="pk_live_fake")
    with pytest.raises(ReferenceUnknown):
        live.payment_retrieve(reference)


@pytest.mark.parametrize("field", ["amount_total", "currency", "payment_status", "id"])
def test_a_missing_field(fake, provider, field):
    reference = provider.checkout_open(make_request()).reference
    fake.fault("drop_field", SESSIONS + "/*", field=field)
    with pytest.raises(AnswerIncomplete):
        provider.payment_retrieve(reference)
    assert provider.payment_retrieve(reference).amount == 1250


@pytest.mark.parametrize("field", ["payment_intent.id", "payment_intent.latest_charge.status"])
def test_a_missing_field_of_what_was_paid(fake, provider, field):
    reference = provider.checkout_open(make_request()).reference
    fake.pay(reference)
    fake.fault("drop_field", SESSIONS + "/*", field=field)
    with pytest.raises(AnswerIncomplete):
        provider.payment_retrieve(reference)


def test_a_session_without_a_status_is_not_resumed(fake, provider):
    reference = provider.checkout_open(make_request()).reference
    fake.fault("drop_field", SESSIONS + "/*", field="status")
    with pytest.raises(AnswerIncomplete):
        provider.checkout_resume(reference)


@pytest.mark.parametrize("kind", ["unknown_fields", "new_enum"])
def test_news_are_tolerated(fake, provider, kind):
    reference = provider.checkout_open(make_request()).reference
    before = provider.payment_retrieve(reference)
    fake.fault(kind, SESSIONS + "/*")
    assert provider.payment_retrieve(reference) == before


def chain(error):
    while error:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("kind", ["error_500", "rate_limit", "timeout_after_success"])
def test_nothing_secret_hangs_on_an_error_or_is_logged(fake, provider, caplog, kind):
    caplog.set_level(logging.DEBUG)
    fake.fault(kind, SESSIONS)
    with pytest.raises(ProviderError) as caught:
        provider.checkout_open(make_request(customer_email="zoe@example.org"))
    errors = list(chain(caught.value))
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    # The first frame is this test, which holds what it made.
    text = "".join(list(shown.format())) + repr(provider.options) + caplog.text
    assert errors == [caught.value]
    assert not any(secret in text for secret in ("sk_test_fake", "Authorization", *SECRETS))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"secret_key": "sk_test_hidden"},
        {"secret_key": "sk_test_hidden", "publishable_key": "pk_live_hidden"},
        {"secret_key": "pk_test_hidden", "publishable_key": "pk_test_hidden"},
        {"secret_key": "sk_test_hidden", "publishable_key": "pk_test_hidden"},
        {
            "secret_key": "sk_test_hidden",
            "publishable_key": "pk_test_hidden",
            "webhook_secrets": "whsec_hidden",
        },
    ],
)
def test_options_that_cannot_work(options):
    with pytest.raises(ProviderMisconfigured) as caught:
        StripeProvider(alias="stripe", **options)
    assert "hidden" not in str(caught.value)
