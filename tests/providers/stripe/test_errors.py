"""Errors and timeouts of Stripe's API, and the exceptions that they raise."""

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

from .factories import SECRETS, make_provider, make_request

SESSIONS = "/v1/checkout/sessions"


def sessions(fake):
    return fake.store.find("checkout.session")


@pytest.mark.parametrize("kind", ["rate_limit", "error_500", "timeout_after_success"])
def test_unknown_outcome(fake, provider, kind):
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


def test_replayed_failure_is_retried_with_a_new_key(fake, provider):
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


def test_failed_lookup_raises_an_error(fake, provider):
    fake.fault("error_500", SESSIONS, method="get")
    with pytest.raises(ProviderUnavailable):
        provider.checkout_find(make_request())


def test_only_background_tasks_retry(fake):
    fake.fault("error_500", SESSIONS + "/*", times=2)
    background = make_provider(fake, interactive=False)
    reference = background.checkout_open(make_request()).reference
    assert background.payment_retrieve(reference).status == ProviderStatus.OPEN
    fake.fault("error_500", SESSIONS + "/*")
    with pytest.raises(ProviderUnavailable):
        make_provider(fake).payment_retrieve(reference)
    assert fake.faults.armed == []


def test_hanging_server_times_out(fake, monkeypatch):
    client.stripe_client.cache_clear()
    monkeypatch.setattr(client, "TIMEOUT_INTERACTIVE", (0.2, 0.2))
    fake.fault("hang", SESSIONS, seconds=1)
    with pytest.raises(ProviderUnavailable):
        make_provider(fake).checkout_open(make_request())
    client.stripe_client.cache_clear()
    time.sleep(1)


def test_timeouts_and_retries(provider):
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
def test_invalid_checkout_is_refused(fake, provider, changes, error):
    with pytest.raises(error):
        provider.checkout_open(make_request(**changes))
    assert sessions(fake) == []


@pytest.mark.parametrize("key", ["sk_test_wrong", "rk_test_wrong"])
def test_invalid_key_is_refused(fake, key):
    with pytest.raises(ProviderUnavailable, match="payments_doctor"):
        make_provider(fake, secret_key=key).checkout_open(make_request())
    assert sessions(fake) == []


def test_object_of_the_other_mode_is_unknown(fake, provider):
    reference = provider.checkout_open(make_request()).reference
    live = make_provider(fake, secret_key="sk_live_fake", publishable_key="pk_live_fake")
    with pytest.raises(ReferenceUnknown):
        live.payment_retrieve(reference)


@pytest.mark.parametrize("field", ["amount_total", "currency", "payment_status", "id"])
def test_missing_session_field(fake, provider, field):
    reference = provider.checkout_open(make_request()).reference
    fake.fault("drop_field", SESSIONS + "/*", field=field)
    with pytest.raises(AnswerIncomplete):
        provider.payment_retrieve(reference)
    assert provider.payment_retrieve(reference).amount == 1250


@pytest.mark.parametrize("field", ["payment_intent.id", "payment_intent.latest_charge.status"])
def test_missing_payment_field(fake, provider, field):
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
def test_unknown_fields_and_values_are_ignored(fake, provider, kind):
    reference = provider.checkout_open(make_request()).reference
    before = provider.payment_retrieve(reference)
    fake.fault(kind, SESSIONS + "/*")
    assert provider.payment_retrieve(reference) == before


def chain(error):
    while error:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("kind", ["error_500", "rate_limit", "timeout_after_success"])
def test_no_secrets_in_errors_or_logs(fake, provider, caplog, kind):
    caplog.set_level(logging.DEBUG)
    fake.fault(kind, SESSIONS)
    with pytest.raises(ProviderError) as caught:
        provider.checkout_open(make_request(customer_email="zoe@example.org"))
    errors = list(chain(caught.value))
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
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
def test_invalid_options(options):
    with pytest.raises(ProviderMisconfigured) as caught:
        StripeProvider(alias="stripe", **options)
    assert "hidden" not in str(caught.value)
