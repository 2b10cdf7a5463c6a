"""A consumer that is killed loses nothing, even when its queue is lost with it."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.browser.server import ROOT, Site

PATIENCE = 30

PAY = """
from tests.company import pay, receive
from tests.factories import make_product, start
payment = start(make_product(name="{title}")).payment
pay(payment)
"""

STORE = """
from wagtail_payments.sandbox.models import Session
from wagtail_payments.models import WebhookEvent
from tests.company import receive
session = Session.objects.order_by("-pk").first()
receive(session.events.get(), secret="whsec_tests")
"""

STATE = """
import json
from wagtail_payments.models import Payment, Receipt, WebhookEvent
payment = Payment.objects.get(title="{title}")
events = WebhookEvent.objects.filter(checkout_reference=payment.checkout_reference)
print(json.dumps([
    payment.status,
    *events.values_list("state", flat=True),
    *payment.deliveries.values_list("state", flat=True),
    Receipt.objects.filter(payment=payment).count(),
]))
"""

CLAIM = """
from datetime import timedelta
from django.utils import timezone
from wagtail_payments.models import WebhookEvent
WebhookEvent.objects.update(leased_until=timezone.now() + timedelta(seconds=2), attempts=1)
"""

FLUSH = "from huey.contrib.djhuey import HUEY; HUEY.flush()"

WAITING = ["pending", "pending", 0]
DONE = ["succeeded", "processed", "sent", "sent", 1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("killed"))
    try:
        site.start()
        yield site
    finally:
        site.stop()


def run(site, code, title=""):
    """Run ``code`` in the site, in a process of its own."""
    script = f"import django; django.setup()\n{code.replace('{title}', title)}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


def kill_consumer(site):
    consumer = site.processes.pop(0)
    os.kill(consumer.pid, signal.SIGKILL)
    consumer.wait()


def wait_for_done(site, title):
    end = time.monotonic() + PATIENCE
    while (now := run(site, STATE, title)) != DONE:
        assert time.monotonic() < end, (now, site.logs())
        time.sleep(0.3)


@pytest.mark.parametrize("loss", ["nothing more", "the queue", "a claimed row"])
def test_sigkill_between_webhook_and_processing(site, loss):
    """The stored event is found again when a consumer starts."""
    kill_consumer(site)
    run(site, PAY + STORE, loss)
    assert run(site, STATE, loss) == WAITING
    if loss == "the queue":
        run(site, FLUSH)
    if loss == "a claimed row":
        run(site, CLAIM)
        time.sleep(2)
    site.spawn("consumer", "-m", "django", "run_huey", "--workers", "2")
    site.processes.reverse()
    wait_for_done(site, loss)
