"""There is one, and many want it. Who may still pay for it holds it, and nobody else is charged."""

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
    return site.perform("scarce", title=title)


def statuses(site, title):
    return [payment["status"] for payment in site.perform("payments", title=title)]


def wait_for(site, title, *expected):
    wait_until(lambda: statuses(site, title) == [*expected], lambda: str(statuses(site, title)))


def start(site, offer):
    """Let somebody start who gets it."""
    buyer = Buyer(site.url)
    status, started = buyer.try_to_start(**offer)
    assert status == 201, started
    return buyer, started


def sold_out(site, offer, title):
    """Let somebody start who is refused, which leaves no trace, there or here."""
    before = site.perform("sessions", title=title), statuses(site, title)
    status, problem = Buyer(site.url).try_to_start(**offer)
    assert (status, problem["code"], problem["detail"]) == (409, "sold_out", "Sold out.")
    assert (site.perform("sessions", title=title), statuses(site, title)) == before


def test_fifty_buyers_at_once(site, offer, title):
    buyers = [Buyer(site.url) for _ in range(BUYERS)]
    tokens = [buyer.enter(offer["placement"])["csrf_token"] for buyer in buyers]
    api_view = Barrier(BUYERS)

    def start_together(buyer, token):
        api_view.wait()
        return buyer.try_to_start(**offer, csrf_token=token)

    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(start_together, buyers, tokens))
    codes = Counter((status, answer.get("code")) for status, answer in answers)
    assert codes == {(201, None): 1, (409, "sold_out"): BUYERS - 1}
    assert site.perform("sessions", title=title) == ["open"]
    winner = [status for status, _ in answers].index(201)
    buyers[winner].pay(answers[winner][1])
    wait_for(site, title, "succeeded")
    assert site.perform("sessions", title=title) == ["succeeded"]
    sold_out(site, offer, title)


def test_held_until_the_company_says_that_it_has_expired(site, offer, title):
    start(site, offer)
    sold_out(site, offer, title)
    site.perform("overdue", title=title)
    sold_out(site, offer, title)
    site.perform("expire", title=title)
    wait_for(site, title, "expired")
    buyer, started = start(site, offer)
    buyer.pay(started)
    wait_for(site, title, "expired", "succeeded")
    sold_out(site, offer, title)


def test_held_by_money_on_its_way_until_that_fails(site, offer, title):
    buyer, started = start(site, offer)
    buyer.pay(started, {**BANK, "arrives": "no"})
    wait_for(site, title, "processing")
    site.perform("overdue", title=title)
    site.perform("expire", title=title)
    sold_out(site, offer, title)
    site.perform("arrive", title=title)
    wait_for(site, title, "failed")
    start(site, offer)
    sold_out(site, offer, title)


def test_held_by_money_on_its_way_until_that_arrives(site, offer, title):
    buyer, started = start(site, offer)
    buyer.pay(started, {**BANK, "arrives": "yes"})
    wait_for(site, title, "processing")
    site.perform("overdue", title=title)
    sold_out(site, offer, title)
    site.perform("arrive", title=title)
    wait_for(site, title, "succeeded")
    sold_out(site, offer, title)
