"""Many buyers of the last item: an unfinished payment reserves it, and no one else is charged."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from tests.resilience.cluster.buyer import BANK, Buyer
from tests.resilience.cluster.site import wait_until
from tests.resilience.sizes import BUYERS

pytestmark = [pytest.mark.db, pytest.mark.slow]


@pytest.fixture
def title(request):
    return f"{request.node.name} {uuid4()}"


@pytest.fixture
def offer(site, title):
    return site.perform("last_item", title=title)


def statuses(site, title):
    return [payment["status"] for payment in site.perform("payments", title=title)]


def wait_for(site, title, *expected):
    wait_until(lambda: statuses(site, title) == [*expected], lambda: str(statuses(site, title)))


def start(site, offer):
    """Start a checkout successfully."""
    buyer = Buyer(site.url)
    status, started = buyer.try_to_start(**offer)
    assert status == 201, started
    return buyer, started


def assert_sold_out(site, offer, title):
    """Check that a checkout is refused, without a session or a payment."""
    before = site.perform("sessions", title=title), statuses(site, title)
    status, problem = Buyer(site.url).try_to_start(**offer)
    assert (status, problem["code"], problem["detail"]) == (409, "sold_out", "Sold out.")
    assert (site.perform("sessions", title=title), statuses(site, title)) == before


def test_fifty_concurrent_buyers(site, offer, title):
    buyers = [Buyer(site.url) for _ in range(BUYERS)]
    tokens = [buyer.config(offer["placement"])["csrf_token"] for buyer in buyers]
    barrier = Barrier(BUYERS)

    def start_together(buyer, token):
        barrier.wait()
        return buyer.try_to_start(**offer, csrf_token=token)

    with ThreadPoolExecutor(BUYERS) as pool:
        responses = list(pool.map(start_together, buyers, tokens))
    codes = Counter((status, response.get("code")) for status, response in responses)
    assert codes == {(201, None): 1, (409, "sold_out"): BUYERS - 1}
    assert site.perform("sessions", title=title) == ["open"]
    winner = [status for status, _ in responses].index(201)
    buyers[winner].pay(responses[winner][1])
    wait_for(site, title, "succeeded")
    assert site.perform("sessions", title=title) == ["succeeded"]
    assert_sold_out(site, offer, title)


def test_item_is_reserved_until_the_company_expires_the_checkout(site, offer, title):
    start(site, offer)
    assert_sold_out(site, offer, title)
    site.perform("overdue", title=title)
    assert_sold_out(site, offer, title)
    site.perform("expire", title=title)
    wait_for(site, title, "expired")
    buyer, started = start(site, offer)
    buyer.pay(started)
    wait_for(site, title, "expired", "succeeded")
    assert_sold_out(site, offer, title)


def test_item_is_reserved_until_a_processing_payment_fails(site, offer, title):
    buyer, started = start(site, offer)
    buyer.pay(started, {**BANK, "arrives": "no"})
    wait_for(site, title, "processing")
    site.perform("overdue", title=title)
    site.perform("expire", title=title)
    assert_sold_out(site, offer, title)
    site.perform("settle_bank_debits", title=title)
    wait_for(site, title, "failed")
    start(site, offer)
    assert_sold_out(site, offer, title)


def test_item_stays_sold_after_a_processing_payment_succeeds(site, offer, title):
    buyer, started = start(site, offer)
    buyer.pay(started, {**BANK, "arrives": "yes"})
    wait_for(site, title, "processing")
    site.perform("overdue", title=title)
    assert_sold_out(site, offer, title)
    site.perform("settle_bank_debits", title=title)
    wait_for(site, title, "succeeded")
    assert_sold_out(site, offer, title)
