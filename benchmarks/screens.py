"""Requests a screen several times, and measures its time and queries."""

import statistics
import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

TIMES = 7
MINIMUM, MAXIMUM = 0.5, 2.0
"""Seconds for one screen: fast ones are requested more often than slow ones."""


class Screen:
    """A screen to measure. ``times`` are in seconds; ``queries`` is the number of database queries."""

    def __init__(self, client: Client, url: str, query: dict[str, Any]) -> None:
        self.client, self.url, self.query = client, url, query
        self.times: list[float] = []
        with CaptureQueriesContext(connection) as queries:
            self.ask()
        self.queries = len(queries)

    @property
    def done(self) -> bool:
        """Return whether the screen was requested often enough."""
        count, took = len(self.times), sum(self.times)
        return (count >= TIMES and took > MINIMUM) or (count >= 2 and took > MAXIMUM)

    @property
    def median(self) -> float:
        """Return the median in seconds."""
        return statistics.median(self.times)

    def ask(self) -> float:
        """Request the screen; return the duration."""
        start = time.perf_counter()
        response = self.client.get(self.url, self.query)
        took = time.perf_counter() - start
        if response.status_code != 200:
            raise SystemExit(f"{self.url} {self.query}: {response.status_code}")
        return took


def request_in_turn(screens: list[Screen]) -> None:
    """Request the screens in turn, so that other load affects all of them equally."""
    while waiting := [screen for screen in screens if not screen.done]:
        for screen in waiting:
            screen.times.append(screen.ask())
