import queue
import threading
from typing import Any

from .events import WAITS, post, serialized


class WebhookSender(threading.Thread):
    """Sends events in order, and retries each a few times."""

    def __init__(self, fake):
        super().__init__(daemon=True)
        self.fake = fake
        self.events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.closing = threading.Event()

    def send(self, event):
        if self.fake.endpoint:
            self.events.put(event)

    def run(self):
        while (event := self.events.get()) is not None:
            self.deliver(event)
            self.events.task_done()

    def deliver(self, event):
        for wait in WAITS:
            if self.closing.wait(wait) or not self.fake.endpoint:
                return
            url, secrets = self.fake.endpoint
            if post(url, serialized(event), secrets):
                event["_delivered"] = True
                event["pending_webhooks"] = 0
                return

    def stop(self):
        self.closing.set()
        self.events.put(None)
        if self.is_alive():
            self.join(timeout=10)
