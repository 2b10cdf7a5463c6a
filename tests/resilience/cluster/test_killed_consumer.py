"""A consumer that is killed loses nothing, even when its queue is lost with it."""

import pytest

from tests.resilience.cluster.site import wait_until

pytestmark = [pytest.mark.db, pytest.mark.slow]

WAITING = ["pending", "pending", 0]
DONE = ["succeeded", "processed", "sent", "sent", 1]


@pytest.fixture
def nobody_works(site):
    """Kill all consumers; let one start again, and the others when the test is over."""
    consumers = len(site.consumers)
    for consumer in list(site.consumers):
        site.kill_consumer(consumer)
    yield
    while len(site.consumers) < consumers:
        site.consumers.append(site.start_consumer())


@pytest.mark.parametrize("loss", ["nothing more", "the queue", "a claimed row"])
@pytest.mark.usefixtures("nobody_works")
def test_sigkill_between_webhook_and_processing(site, loss):
    """The stored event is found again when a consumer starts."""
    site.perform("stored", title=loss)
    assert site.perform("standing", title=loss) == WAITING
    if loss == "the queue":
        site.empty_queue()
    if loss == "a claimed row":
        site.perform("claimed", title=loss, seconds=-1)
    site.consumers.append(site.start_consumer())
    wait_until(
        lambda: site.perform("standing", title=loss) == DONE,
        lambda: f"{site.perform('standing', title=loss)} {site.logs()}",
    )
