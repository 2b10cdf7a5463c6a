"""What a payment goes through, on every provider."""

import pytest

from wagtail_payments.providers.types import DeclineReason, ProviderStatus

pytestmark = [pytest.mark.needs("state"), pytest.mark.db]


def test_a_paid_payment_tells_how_it_was_paid(bench):
    reference = bench.opened()
    bench.pay(reference)
    snapshot = bench.provider.payment_retrieve(reference)
    assert snapshot.status == ProviderStatus.SUCCEEDED
    assert (snapshot.amount, snapshot.currency) == (1250, "EUR")
    assert snapshot.payment_reference
    assert snapshot.method.type
    assert len(snapshot.method.last4) in (0, 4)
    assert snapshot.fee is None or 0 <= snapshot.fee <= snapshot.amount


def test_asking_changes_nothing(bench):
    reference = bench.opened()
    bench.pay(reference)
    first = bench.provider.payment_retrieve(reference)
    assert bench.provider.payment_retrieve(reference) == first


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
def test_a_decline_gives_its_reason_and_leaves_the_checkout_open(bench, reason):
    reference = bench.opened()
    bench.decline(reference, reason)
    snapshot = bench.provider.payment_retrieve(reference)
    assert snapshot.status == ProviderStatus.OPEN
    assert snapshot.decline.reason == reason
    assert snapshot.fee is None
    bench.pay(reference)
    assert bench.provider.payment_retrieve(reference).status == ProviderStatus.SUCCEEDED


@pytest.mark.needs("decline")
def test_every_declined_attempt_has_a_name_of_its_own(bench):
    reference = bench.opened()
    declines = []
    for _ in range(2):
        bench.decline(reference, DeclineReason.GENERIC)
        declines.append(bench.provider.payment_retrieve(reference).decline)
    assert declines[0].reference != declines[1].reference
    assert bench.provider.payment_retrieve(reference).decline == declines[1]


@pytest.mark.needs("challenge")
def test_a_passed_challenge_pays(bench):
    reference = bench.opened()
    bench.challenge(reference, passed=True)
    assert bench.provider.payment_retrieve(reference).status == ProviderStatus.SUCCEEDED


@pytest.mark.needs("challenge")
def test_a_failed_challenge_is_a_decline(bench):
    reference = bench.opened()
    bench.challenge(reference, passed=False)
    snapshot = bench.provider.payment_retrieve(reference)
    assert snapshot.status == ProviderStatus.OPEN
    assert snapshot.decline.reason == DeclineReason.AUTHENTICATION_FAILED


@pytest.mark.needs("delayed")
@pytest.mark.parametrize(
    ("arrives", "end"), [(True, ProviderStatus.SUCCEEDED), (False, ProviderStatus.FAILED)]
)
def test_a_delayed_payment_is_processing_until_it_ends(bench, arrives, end):
    reference = bench.opened()
    bench.start_delayed(reference)
    assert bench.provider.payment_retrieve(reference).status == ProviderStatus.PROCESSING
    bench.settle_delayed(reference, arrives=arrives)
    snapshot = bench.provider.payment_retrieve(reference)
    assert snapshot.status == end
    assert (snapshot.decline is None) is arrives


@pytest.mark.needs("delayed")
def test_a_payment_on_its_way_cannot_be_expired(bench):
    reference = bench.opened()
    bench.start_delayed(reference)
    assert bench.provider.checkout_expire(reference).status == ProviderStatus.PROCESSING
