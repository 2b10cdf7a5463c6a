import queue
import threading
from typing import Any

from .events import WAITS, post, written


class Postman(threading.Thread):
    """Posts events in order, each a few times until the endpoint takes it."""

    def __init__(self, fake):
        super().__init__(daemon=True)
        self.fake = fake
        self.letters: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.closing = threading.Event()

    def send(self, event):
        if self.fake.endpoint:
            self.letters.put(event)

    def run(self):
        while (event := self.letters.get()) is not None:
            self.deliver(event)
            self.letters.task_done()

    def deliver(self, event):
        for wait in WAITS:
            if self.closing.wait(wait) or not self.fake.endpoint:
                return
            url, secrets = self.fake.endpoint
            if post(url, written(event), secrets):
                event["_delivered"] = True
                event["pending_webhooks"] = 0
                return

    def stop(self):
        self.closing.set()
        self.letters.put(None)
        if self.is_alive():
            self.join(timeout=10)
