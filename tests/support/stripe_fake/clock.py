import time


class Clock:
    """The real time plus an offset that tests can change."""

    def __init__(self):
        self.offset = 0

    def now(self):
        return int(time.time()) + self.offset

    def advance(self, seconds):
        self.offset += int(seconds)
