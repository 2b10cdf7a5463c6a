"""Verifying webhooks, with every provider that sends them."""

from datetime import UTC, datetime, timedelta

import pytest

from wagtail_payments.providers.exceptions import SignatureInvalid

pytestmark = pytest.mark.needs("webhook")

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def reference(harness):
    reference = harness.open_checkout()
    harness.pay(reference)
    return reference


def verify(harness, webhook, now=NOW):
    return harness.provider.webhook_verify(webhook.body, webhook.headers, now)


def test_valid_webhook_names_its_checkout_or_payment(harness, reference):
    notice = verify(harness, harness.webhook(reference, at=NOW))
    assert notice.event_id
    assert notice.type
    assert notice.live is harness.provider.live
    assert notice.relevant
    snapshot = harness.provider.payment_retrieve(reference)
    assert reference == notice.checkout_reference or (
        notice.payment_reference == snapshot.payment_reference
    )


def test_repeated_event_has_the_same_id(harness, reference):
    later = NOW + timedelta(hours=1)
    first = verify(harness, harness.webhook(reference, at=NOW))
    assert verify(harness, harness.webhook(reference, at=later), later) == first


def test_every_configured_secret_is_accepted(harness, reference):
    notices = {
        verify(harness, harness.webhook(reference, at=NOW, secret=secret)).event_id
        for secret in harness.secrets
    }
    assert len(harness.secrets) > 1
    assert len(notices) == 1


@pytest.mark.parametrize("seconds", [-299, -60, 0, 60, 299])
def test_small_clock_differences_are_accepted(harness, reference, seconds):
    webhook = harness.webhook(reference, at=NOW + timedelta(seconds=seconds))
    assert verify(harness, webhook).event_id


@pytest.mark.parametrize("seconds", [-86400, -302, 302, 86400, 10**9])
def test_old_or_future_timestamp_is_refused(harness, reference, seconds):
    webhook = harness.webhook(reference, at=NOW + timedelta(seconds=seconds))
    with pytest.raises(SignatureInvalid):
        verify(harness, webhook)


def test_another_secret_is_refused(harness, reference):
    with pytest.raises(SignatureInvalid):
        verify(harness, harness.webhook(reference, at=NOW, secret="whsec_of_another_site"))


def test_a_changed_body_is_refused(harness, reference):
    webhook = harness.webhook(reference, at=NOW)
    for body in (webhook.body + b" ", webhook.body.replace(b"false", b"true"), b"", b"{}"):
        with pytest.raises(SignatureInvalid):
            harness.provider.webhook_verify(body, webhook.headers, NOW)


def test_a_missing_signature_is_refused(harness, reference):
    webhook = harness.webhook(reference, at=NOW)
    for headers in ({}, {"content-type": "application/json"}):
        with pytest.raises(SignatureInvalid):
            harness.provider.webhook_verify(webhook.body, headers, NOW)


@pytest.mark.parametrize(
    "damage",
    [
        lambda value: "",
        lambda value: "x",
        lambda value: ",,,",
        lambda value: "t=,v1=",
        lambda value: "t=1",
        lambda value: value.partition(",")[0],
        lambda value: value.partition(",")[2],
        lambda value: value.replace("t=", "t=-"),
        lambda value: value.replace("v1", "v0"),
        lambda value: value[:-1] + "é",
        lambda value: value.upper(),
    ],
)
def test_a_malformed_signature_is_refused(harness, reference, damage):
    webhook = harness.webhook(reference, at=NOW, secret=harness.secrets[0])
    headers = {name: damage(value) for name, value in webhook.headers.items()}
    with pytest.raises(SignatureInvalid):
        harness.provider.webhook_verify(webhook.body, headers, NOW)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff\xfe"])
def test_signed_body_without_an_event_is_refused(harness, body):
    with pytest.raises(SignatureInvalid):
        verify(harness, harness.signed(body, at=NOW))
