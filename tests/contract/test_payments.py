"""The statuses of a payment, with every provider."""

import pytest

from wagtail_payments.providers.types import DeclineReason, ProviderStatus

pytestmark = pytest.mark.needs("state")


def test_paid_payment_has_its_payment_method(harness):
    reference = harness.open_checkout()
    harness.pay(reference)
    snapshot = harness.provider.payment_retrieve(reference)
    assert snapshot.status == ProviderStatus.SUCCEEDED
    assert (snapshot.amount, snapshot.currency) == (1250, "EUR")
    assert snapshot.payment_reference
    assert snapshot.method.type
    assert len(snapshot.method.last4) in (0, 4)
    assert snapshot.fee is None or 0 <= snapshot.fee <= snapshot.amount


def test_retrieving_changes_nothing(harness):
    reference = harness.open_checkout()
    harness.pay(reference)
    first = harness.provider.payment_retrieve(reference)
    assert harness.provider.payment_retrieve(reference) == first


@pytest.mark.needs("decline")
@pytest.mark.parametrize(
    "reason",
    [
        DeclineReason.GENERIC,
        DeclineReason.INSUFFICIENT_FUNDS,
        DeclineReason.EXPIRED_CARD,
        DeclineReason.INCORRECT_CVC,
        DeclineReason.INCORRECT_NUMBER,
        DeclineReason.PROCESSING_ERROR,
    ],
)
def test_decline_has_a_reason_and_leaves_the_checkout_open(harness, reason):
    reference = harness.open_checkout()
    harness.decline(reference, reason)
    snapshot = harness.provider.payment_retrieve(reference)
    assert snapshot.status == ProviderStatus.OPEN
    assert snapshot.decline.reason == reason
    assert snapshot.fee is None
    harness.pay(reference)
    assert harness.provider.payment_retrieve(reference).status == ProviderStatus.SUCCEEDED


@pytest.mark.needs("decline")
def test_every_declined_attempt_has_its_own_reference(harness):
    reference = harness.open_checkout()
    declines = []
    for _ in range(2):
        harness.decline(reference, DeclineReason.GENERIC)
        declines.append(harness.provider.payment_retrieve(reference).decline)
    assert declines[0].reference != declines[1].reference
    assert harness.provider.payment_retrieve(reference).decline == declines[1]


@pytest.mark.needs("challenge")
def test_a_passed_challenge_pays(harness):
    reference = harness.open_checkout()
    harness.challenge(reference, passed=True)
    assert harness.provider.payment_retrieve(reference).status == ProviderStatus.SUCCEEDED


@pytest.mark.needs("challenge")
def test_a_failed_challenge_is_a_decline(harness):
    reference = harness.open_checkout()
    harness.challenge(reference, passed=False)
    snapshot = harness.provider.payment_retrieve(reference)
    assert snapshot.status == ProviderStatus.OPEN
    assert snapshot.decline.reason == DeclineReason.AUTHENTICATION_FAILED


@pytest.mark.needs("delayed")
@pytest.mark.parametrize(
    ("arrives", "end"), [(True, ProviderStatus.SUCCEEDED), (False, ProviderStatus.FAILED)]
)
def test_delayed_payment_is_processing_until_it_settles(harness, arrives, end):
    reference = harness.open_checkout()
    harness.start_delayed(reference)
    assert harness.provider.payment_retrieve(reference).status == ProviderStatus.PROCESSING
    harness.settle_delayed(reference, arrives=arrives)
    snapshot = harness.provider.payment_retrieve(reference)
    assert snapshot.status == end
    assert (snapshot.decline is None) is arrives


@pytest.mark.needs("delayed")
def test_processing_payment_cannot_be_expired(harness):
    reference = harness.open_checkout()
    harness.start_delayed(reference)
    assert harness.provider.checkout_expire(reference).status == ProviderStatus.PROCESSING
