"""Killing a consumer loses no events, even if its queue is lost too."""

import pytest

from tests.resilience.cluster.site import wait_until

pytestmark = [pytest.mark.db, pytest.mark.slow]

WAITING = ["pending", "pending", 0]
DONE = ["succeeded", "processed", "sent", "sent", 1]


@pytest.fixture
def no_consumers(site):
    """Kill all consumers, and start them again after the test."""
    consumers = len(site.consumers)
    for consumer in list(site.consumers):
        site.kill_consumer(consumer)
    yield
    while len(site.consumers) < consumers:
        site.consumers.append(site.start_consumer())


@pytest.mark.parametrize("loss", ["nothing more", "the queue", "a claimed row"])
@pytest.mark.usefixtures("no_consumers")
def test_sigkill_between_webhook_and_processing(site, loss):
    """A consumer processes the stored event when it starts."""
    site.perform("store_event", title=loss)
    assert site.perform("states", title=loss) == WAITING
    if loss == "the queue":
        site.empty_queue()
    if loss == "a claimed row":
        site.perform("lease_event", title=loss, seconds=-1)
    site.consumers.append(site.start_consumer())
    wait_until(
        lambda: site.perform("states", title=loss) == DONE,
        lambda: f"{site.perform('states', title=loss)} {site.logs()}",
    )
