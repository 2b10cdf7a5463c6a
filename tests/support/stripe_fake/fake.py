"""The fake and its interface for tests."""

import copy
import threading
from collections.abc import Callable
from typing import Any

import stripe

from . import payouts
from .actions import ACTIONS, Actions
from .clock import Clock
from .events import serialized, signed_headers
from .faults import Faults
from .idempotency import Keys
from .schema import answer_errors
from .server import serve
from .store import Store, new_id, public
from .webhook_sender import WebhookSender


class AnswerInvalid(Exception):
    """The fake's response doesn't match Stripe's schema."""


class StripeFake(Actions):
    """``start()`` it, point ``base_addresses`` to its ``url``, and ``stop()`` it.

    ``violations`` lists every request and object that Stripe's schema refuses. If ``endpoint`` is
    set to ``(url, [secrets])``, events are posted there.
    """

    def __init__(self, settle_after=1.0):
        self.lock = threading.RLock()
        self.clock = Clock()
        self.store = Store()
        self.faults = Faults()
        self.idempotency = Keys(self.clock)
        self.webhook_sender = WebhookSender(self)
        self.keys = {"sk_test_fake": False, "rk_test_fake": False, "sk_live_fake": True}
        self.publishable_keys = {"pk_test_fake": False, "pk_live_fake": True}
        self.api_version = stripe.api_version
        self.secrets = ["whsec_fake"]
        self.endpoint = None
        self.fees_at_once = True
        self.settles_in = None
        self.settle_after = settle_after
        self.refund_statuses = []
        self.requests = []
        self.violations = []
        self.timers = []
        self.live, self.call = False, None
        self.server = self.url = None

    def start(self, port=0):
        self.server, self.url = serve(self, port)
        self.webhook_sender.start()
        return self

    def stop(self):
        for timer in self.timers:
            timer.cancel()
        self.webhook_sender.stop()
        assert self.server
        self.server.shutdown()
        self.server.server_close()

    def client(self, key="sk_test_fake", **options):
        """Return a client of the real SDK for this fake."""
        return stripe.StripeClient(key, base_addresses={"api": self.url}, **options)

    @property
    def events(self):
        """All events, oldest first."""
        return [public(event) for event in reversed(self.store.find("event"))]

    def webhook(self, event, secret=None, at=None):
        """Return an event's body and headers, signed with one or several secrets."""
        secrets = [secret] if isinstance(secret, str) else secret or self.secrets
        body = serialized(event)
        return body, signed_headers(body, secrets, at)

    def fault(self, kind, path="/v1/*", *, method="", times=1, **options):
        """Arm a fault for the next ``times`` requests that match ``path``."""
        self.faults.arm(kind, path, method=method, times=times, **options)

    def next_refund(self, status="pending"):
        """Set the status of the next refund."""
        self.refund_statuses.append(status)

    def add_endpoint(self, url, events=("*",), status="enabled", version=None, live=False):
        """Add a webhook endpoint to the account's list; events are only sent to ``endpoint``."""
        obj = {
            "id": new_id("we"), "object": "webhook_endpoint", "url": url, "status": status,
            "api_version": version or self.api_version, "application": None, "livemode": live,
            "created": self.clock.now(), "description": None, "enabled_events": list(events),
            "metadata": {},
        }  # fmt: skip
        self.store.add(obj, live)

    def payout(self, amount, currency="eur", status="paid"):
        """Create a payout."""
        return payouts.make(self, amount, currency, status=status)

    def check_answer(self, obj):
        errors = answer_errors(obj)
        if errors:
            self.violations.extend(errors)
            raise AnswerInvalid("; ".join(errors))

    def control(self, request):
        """Run an action, fault, setting or query for another process."""
        options = copy.copy(request)
        name = options.pop("action")
        if name in ACTIONS:
            return getattr(self, name)(options.pop("id"), **options)
        return CONTROLS[name](self, **options)


def set_endpoint(fake, url, secrets):
    fake.endpoint, fake.secrets = (url, secrets), secrets


CONTROLS: dict[str, Callable[..., Any]] = {
    "advance": lambda fake, seconds: fake.clock.advance(seconds),
    "endpoint": set_endpoint,
    "events": lambda fake: fake.events,
    "fault": lambda fake, kind, **options: fake.fault(kind, **options),
    "faults_clear": lambda fake: fake.faults.clear(),
    "next_refund": lambda fake, status="pending": fake.next_refund(status),
    "objects": lambda fake, kind: [public(obj) for obj in fake.store.find(kind)],
    "violations": lambda fake: list(fake.violations),
}
