"""Payments survive killed processes, an emptied queue and a lost database, without duplicates."""

import email
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from tests.resilience.cluster.buyer import Buyer
from tests.resilience.cluster.site import WORKERS, retry, wait_until
from tests.resilience.sizes import BETWEEN_KILLS, KILLS, OUTAGE, PAYMENTS

pytestmark = [pytest.mark.db, pytest.mark.slow]

VISITORS = 8
LEAVE_EVERY = 10
"""One of ten visitors leaves without paying."""
STATUS_EVERY = 3
"""One of three visitors opens the status page, which queries the company."""
END_OF_EMAIL = b"-" * 79 + b"\n"
"""Django's file backend writes this after each email."""


class Scenario:
    """Visitors pay while processes are killed."""

    def __init__(self, site):
        self.site = site
        self.kills = 0
        self.done = []

    def visit(self, number):
        """Pay. The payments are spread over all kills."""
        wait_until(lambda: self.kills >= number * KILLS // PAYMENTS, self.progress)
        buyer = Buyer(self.site.url)
        status_url = buyer.buy("/ticket/", pays=number % LEAVE_EVERY != 0)
        if number % STATUS_EVERY == 0:
            retry(lambda: buyer.page(status_url))
        self.done.append(number)

    def kill(self):
        """Kill a process every few seconds, but give visitors time to pay in between."""
        while self.kills < KILLS:
            time.sleep(BETWEEN_KILLS)
            wait_until(lambda: len(self.done) >= self.kills * PAYMENTS // KILLS, self.progress)
            self.site.kill_any()
            self.kills += 1

    def lose_services(self):
        """Lose the database for a while, and empty the queue."""
        wait_until(lambda: self.kills >= KILLS // 3, self.progress)
        self.site.lose_database(OUTAGE)
        wait_until(lambda: self.kills >= KILLS // 2, self.progress)
        self.site.empty_queue()

    def progress(self):
        return f"{self.kills} kills, {len(self.done)} visits: {self.site.waiting()}"


def emails(site):
    """Count how often each email was written, by message id; a truncated one has none.

    A file has several emails if they were sent within a second.
    """
    files = site.folder.glob("mails/*.log")
    texts = [text for file in files for text in file.read_bytes().split(END_OF_EMAIL) if text]
    return Counter(email.message_from_bytes(text)["Message-ID"] for text in texts)


def test_repeated_kills(site):
    before, scenario = emails(site), Scenario(site)
    with ThreadPoolExecutor(VISITORS + 2) as pool:
        actions = [pool.submit(action) for action in (scenario.kill, scenario.lose_services)]
        actions += [pool.submit(scenario.visit, number) for number in range(PAYMENTS)]
        for action in as_completed(actions):
            action.result()
    site.settle()
    paid = sum(1 for number in range(PAYMENTS) if number % LEAVE_EVERY)
    assert Counter(row["status"] for row in site.perform("payments", title="Ticket")) == {
        "succeeded": paid,
        "pending": PAYMENTS - paid,
    }
    written = emails(site) - before
    assert len(written) - (None in written) == paid
    # A worker that is interrupted after sending, but before recording it, sends again.
    assert written.total() <= paid + KILLS + WORKERS
    print(f"{PAYMENTS} visits, {KILLS} kills, {written.total() - paid} emails repeated")
