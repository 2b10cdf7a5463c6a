"""Whatever is killed, emptied or cut while visitors pay: nothing is lost, nothing happens twice."""

import email
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from tests.resilience.cluster.buyer import Buyer
from tests.resilience.cluster.site import WORKERS, persist, wait_until
from tests.resilience.sizes import BETWEEN_KILLS, KILLS, OUTAGE, PAYMENTS

pytestmark = [pytest.mark.db, pytest.mark.slow]

VISITORS = 8
LEAVES = 10
"""Every tenth visitor leaves without paying."""
ASKS = 3
"""Every third one looks at the payment's page, which asks the company."""
END_OF_EMAIL = b"-" * 79 + b"\n"
"""What Django's backend for files writes after each."""


class Street:
    """What happens at the same time: visitors pay, and somebody kills."""

    def __init__(self, site):
        self.site = site
        self.kills = 0
        self.done = []

    def visit(self, number):
        """Pay in the course of the killings: the payments are spread over all of them."""
        wait_until(lambda: self.kills >= number * KILLS // PAYMENTS, self.progress)
        buyer = Buyer(self.site.url)
        status_url = buyer.buy("/ticket/", pays=number % LEAVES != 0)
        if number % ASKS == 0:
            persist(lambda: buyer.page(status_url))
        self.done.append(number)

    def kill(self):
        """Kill one every few seconds, but not faster than visitors get on: they need a site at times."""
        while self.kills < KILLS:
            time.sleep(BETWEEN_KILLS)
            wait_until(lambda: len(self.done) >= self.kills * PAYMENTS // KILLS, self.progress)
            self.site.kill_any()
            self.kills += 1

    def spoil(self):
        """Lose the database for a while, and the queue for good."""
        wait_until(lambda: self.kills >= KILLS // 3, self.progress)
        self.site.lose_database(OUTAGE)
        wait_until(lambda: self.kills >= KILLS // 2, self.progress)
        self.site.empty_queue()

    def progress(self):
        return f"{self.kills} kills, {len(self.done)} visits: {self.site.waiting()}"


def emails(site):
    """Return how often each mail was written. One that was cut off has no id.

    A file has several where they were sent within a second.
    """
    files = site.folder.glob("mails/*.log")
    found = [mail for file in files for mail in file.read_bytes().split(END_OF_EMAIL) if mail]
    return Counter(email.message_from_bytes(mail)["Message-ID"] for mail in found)


def test_killed_again_and_again(site):
    before, street = emails(site), Street(site)
    with ThreadPoolExecutor(VISITORS + 2) as everybody:
        actions = [everybody.submit(action) for action in (street.kill, street.spoil)]
        actions += [everybody.submit(street.visit, number) for number in range(PAYMENTS)]
        for action in as_completed(actions):
            action.result()
    site.settle()
    paid = sum(1 for number in range(PAYMENTS) if number % LEAVES)
    assert Counter(row["status"] for row in site.perform("payments", title="Ticket")) == {
        "succeeded": paid,
        "pending": PAYMENTS - paid,
    }
    written = emails(site) - before
    assert len(written) - (None in written) == paid
    # A worker that is killed, or cut off, between sending and writing that down sends again.
    assert written.total() <= paid + KILLS + WORKERS
    print(f"{PAYMENTS} visits, {KILLS} kills, {written.total() - paid} mails repeated")
