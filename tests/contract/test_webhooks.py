"""What a provider takes for its own webhook, and what not. On every provider that sends any."""

from datetime import UTC, datetime, timedelta

import pytest

from wagtail_payments.providers.exceptions import SignatureInvalid

pytestmark = [pytest.mark.needs("webhook"), pytest.mark.db]

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def reference(bench):
    reference = bench.opened()
    bench.pay(reference)
    return reference


def verified(bench, webhook, now=NOW):
    return bench.provider.webhook_verify(webhook.body, webhook.headers, now)


def test_the_provider_s_own_webhook_finds_the_object(bench, reference):
    notice = verified(bench, bench.webhook(reference, at=NOW))
    assert notice.event_id
    assert notice.type
    assert notice.live is bench.provider.live
    assert notice.relevant
    snapshot = bench.provider.payment_retrieve(reference)
    assert reference == notice.checkout_reference or (
        notice.payment_reference == snapshot.payment_reference
    )


def test_the_same_event_has_the_same_id_however_often_it_is_sent(bench, reference):
    later = NOW + timedelta(hours=1)
    first = verified(bench, bench.webhook(reference, at=NOW))
    assert verified(bench, bench.webhook(reference, at=later), later) == first


def test_every_configured_secret_is_good(bench, reference):
    notices = {
        verified(bench, bench.webhook(reference, at=NOW, secret=secret)).event_id
        for secret in bench.secrets
    }
    assert len(bench.secrets) > 1
    assert len(notices) == 1


@pytest.mark.parametrize("seconds", [-299, -60, 0, 60, 299])
def test_clocks_may_differ_a_little(bench, reference, seconds):
    webhook = bench.webhook(reference, at=NOW + timedelta(seconds=seconds))
    assert verified(bench, webhook).event_id


@pytest.mark.parametrize("seconds", [-86400, -302, 302, 86400, 10**9])
def test_too_old_or_too_far_ahead_is_refused(bench, reference, seconds):
    webhook = bench.webhook(reference, at=NOW + timedelta(seconds=seconds))
    with pytest.raises(SignatureInvalid):
        verified(bench, webhook)


def test_another_secret_is_refused(bench, reference):
    with pytest.raises(SignatureInvalid):
        verified(bench, bench.webhook(reference, at=NOW, secret="whsec_of_somebody_else"))


def test_a_changed_body_is_refused(bench, reference):
    webhook = bench.webhook(reference, at=NOW)
    for body in (webhook.body + b" ", webhook.body.replace(b"false", b"true"), b"", b"{}"):
        with pytest.raises(SignatureInvalid):
            bench.provider.webhook_verify(body, webhook.headers, NOW)


def test_a_missing_signature_is_refused(bench, reference):
    webhook = bench.webhook(reference, at=NOW)
    for headers in ({}, {"content-type": "application/json"}):
        with pytest.raises(SignatureInvalid):
            bench.provider.webhook_verify(webhook.body, headers, NOW)


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
def test_a_malformed_signature_is_refused(bench, reference, damage):
    webhook = bench.webhook(reference, at=NOW, secret=bench.secrets[0])
    headers = {name: damage(value) for name, value in webhook.headers.items()}
    with pytest.raises(SignatureInvalid):
        bench.provider.webhook_verify(webhook.body, headers, NOW)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff\xfe"])
def test_a_signed_body_that_is_no_event_is_refused(bench, body):
    with pytest.raises(SignatureInvalid):
        verified(bench, bench.signed(body, at=NOW))
