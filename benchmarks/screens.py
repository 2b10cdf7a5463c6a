"""Asks for a screen several times, and says how long it took with how many queries."""

import statistics
import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

TIMES = 7
ENOUGH, PATIENCE = 0.5, 2.0
"""Seconds for one screen: those that are quick are asked for more often, those that take long less."""


class Screen:
    """One address. ``times`` are in seconds; ``queries`` is how many the database was asked."""

    def __init__(self, client: Client, url: str, query: dict[str, Any]) -> None:
        self.client, self.url, self.query = client, url, query
        self.times: list[float] = []
        with CaptureQueriesContext(connection) as queries:
            self.ask()
        self.queries = len(queries)

    @property
    def done(self) -> bool:
        """Whether it was asked for often enough."""
        asked, took = len(self.times), sum(self.times)
        return (asked >= TIMES and took > ENOUGH) or (asked >= 2 and took > PATIENCE)

    @property
    def median(self) -> float:
        """Return the median in seconds."""
        return statistics.median(self.times)

    def ask(self) -> float:
        """Ask for it once; return how long that took."""
        begun = time.perf_counter()
        response = self.client.get(self.url, self.query)
        took = time.perf_counter() - begun
        if response.status_code != 200:
            raise SystemExit(f"{self.url} {self.query}: {response.status_code}")
        return took


def ask_in_turn(screens: list[Screen]) -> None:
    """Ask for each in turn, so that whatever else the machine does slows all of them down alike."""
    while waiting := [screen for screen in screens if not screen.done]:
        for screen in waiting:
            screen.times.append(screen.ask())
