import time


class Clock:
    """The fake's time: the real one, plus what a test has moved it."""

    def __init__(self):
        self.offset = 0

    def now(self):
        return int(time.time()) + self.offset

    def advance(self, seconds):
        self.offset += int(seconds)
