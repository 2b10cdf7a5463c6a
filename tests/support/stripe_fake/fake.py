"""The fake as tests hold it in their hands."""

import copy
import threading
from collections.abc import Callable
from typing import Any

import stripe

from . import payouts
from .acting import ACTIONS, Actions
from .clock import Clock
from .events import signed, written
from .faults import Faults
from .idempotency import Keys
from .postman import Postman
from .schema import answer_errors
from .server import serve
from .store import Store, new_id, public


class AnswerInvalid(Exception):
    """The fake was about to say something that Stripe wouldn't."""


class StripeFake(Actions):
    """``start()`` it, point ``base_addresses`` to its ``url``, and ``stop()`` it.

    ``violations`` lists every request and object that Stripe's schema refuses. ``endpoint`` may be
    set to ``(url, [secrets])``: then events are posted there.
    """

    def __init__(self, settle_after=1.0):
        self.lock = threading.RLock()
        self.clock = Clock()
        self.store = Store()
        self.faults = Faults()
        self.idempotency = Keys(self.clock)
        self.postman = Postman(self)
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
        self.postman.start()
        return self

    def stop(self):
        for timer in self.timers:
            timer.cancel()
        self.postman.stop()
        assert self.server
        self.server.shutdown()
        self.server.server_close()

    def client(self, key="sk_test_fake", **options):
        """Return the real SDK, pointed here."""
        return stripe.StripeClient(key, base_addresses={"api": self.url}, **options)

    @property
    def events(self):
        """Every event so far, oldest first, as it was when it happened."""
        return [public(event) for event in reversed(self.store.find("event"))]

    def webhook(self, event, secret=None, at=None):
        """Return (body, headers) of an event, signed: with ``secret``, one or several."""
        secrets = [secret] if isinstance(secret, str) else secret or self.secrets
        body = written(event)
        return body, signed(body, secrets, at)

    def fault(self, kind, path="/v1/*", *, method="", times=1, **options):
        """Let the next ``times`` requests that meet ``path`` go wrong."""
        self.faults.arm(kind, path, method=method, times=times, **options)

    def next_refund(self, status="pending"):
        """Let the next refund start with this status."""
        self.refund_statuses.append(status)

    def add_endpoint(self, url, events=("*",), status="enabled", version=None, live=False):
        """Let the account have a webhook endpoint, for who lists them; ``endpoint`` is what is sent."""
        thing = {
            "id": new_id("we"), "object": "webhook_endpoint", "url": url, "status": status,
            "api_version": version or self.api_version, "application": None, "livemode": live,
            "created": self.clock.now(), "description": None, "enabled_events": list(events),
            "metadata": {},
        }  # fmt: skip
        self.store.add(thing, live)

    def payout(self, amount, currency="eur", status="paid"):
        """Let the company pay out."""
        return payouts.make(self, amount, currency, status=status)

    def check_answer(self, thing):
        errors = answer_errors(thing)
        if errors:
            self.violations.extend(errors)
            raise AnswerInvalid("; ".join(errors))

    def control(self, order):
        """Do what another process orders: a deed, a fault, a setting, or a look."""
        order = copy.copy(order)
        name = order.pop("do")
        if name in ACTIONS:
            return getattr(self, name)(order.pop("id"), **order)
        return CONTROLS[name](self, **order)


def set_endpoint(fake, url, secrets):
    fake.endpoint, fake.secrets = (url, secrets), secrets


CONTROLS: dict[str, Callable[..., Any]] = {
    "advance": lambda fake, seconds: fake.clock.advance(seconds),
    "endpoint": set_endpoint,
    "events": lambda fake: fake.events,
    "fault": lambda fake, kind, **options: fake.fault(kind, **options),
    "faults_clear": lambda fake: fake.faults.clear(),
    "next_refund": lambda fake, status="pending": fake.next_refund(status),
    "objects": lambda fake, kind: [public(thing) for thing in fake.store.find(kind)],
    "violations": lambda fake: list(fake.violations),
}
