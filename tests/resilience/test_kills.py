"""Whatever is killed, emptied or cut while visitors pay: nothing is lost, nothing happens twice."""

import email
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.resilience.buyer import Buyer
from tests.resilience.site import CONSUMERS, persist, wait_until
from tests.resilience.sizes import BETWEEN_KILLS, KILLS, OUTAGE, PAYMENTS

VISITORS = 8
LEAVES = 10
"""Every tenth visitor leaves without paying."""
ASKS = 3
"""Every third one looks at the payment's page, which asks the company."""


class Killer(threading.Thread):
    """Kills a web worker or a consumer every few seconds, until it is told to stop."""

    def __init__(self, site):
        super().__init__()
        self.site = site
        self.kills = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(BETWEEN_KILLS):
            self.site.kill_any()
            self.kills += 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.join()


def visit(site, killer, number):
    """Pay in the course of the killings: the payments are spread over all of them."""
    wait_until(lambda: killer.kills >= number * KILLS // PAYMENTS)
    buyer = Buyer(site.url)
    status_url = buyer.buy("/ticket/", pays=number % LEAVES != 0)
    if number % ASKS == 0:
        persist(lambda: buyer.page(status_url))


def mails(site):
    """Return how often each mail was written. One that was cut off has no id."""
    found = site.folder.glob("mails/*.log")
    return Counter(email.message_from_bytes(mail.read_bytes())["Message-ID"] for mail in found)


def test_killed_again_and_again(site):
    before = mails(site)
    with ThreadPoolExecutor(VISITORS + 1) as everybody, Killer(site) as killer:
        visits = [everybody.submit(visit, site, killer, number) for number in range(PAYMENTS)]
        wait_until(lambda: killer.kills >= KILLS // 3)
        site.lose_database(OUTAGE)
        wait_until(lambda: killer.kills >= KILLS // 2)
        site.empty_queue()
        for each in visits:
            each.result()
    assert killer.kills >= KILLS
    site.settle()
    paid = sum(1 for number in range(PAYMENTS) if number % LEAVES)
    assert Counter(row["status"] for row in site.do("payments", title="Ticket")) == {
        "succeeded": paid,
        "pending": PAYMENTS - paid,
    }
    written = mails(site) - before
    assert len(written) - (None in written) == paid
    # A worker that is killed, or cut off, between sending and writing that down sends again.
    assert written.total() <= paid + killer.kills + 2 * CONSUMERS
