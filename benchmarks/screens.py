"""Asks for a screen several times, and says how long it took with how many queries."""

import statistics
import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

TIMES = 7
PATIENCE = 2.0
"""Seconds for one screen: those that take long are asked for less often."""


class Screen:
    """One address. ``times`` are in seconds; ``queries`` is how many the database was asked."""

    def __init__(self, client: Client, url: str, query: dict[str, Any]) -> None:
        self.client, self.url, self.query = client, url, query
        self.times: list[float] = []
        with CaptureQueriesContext(connection) as queries:
            self._ask()
        self.queries = len(queries)
        while len(self.times) < TIMES and (len(self.times) < 2 or sum(self.times) < PATIENCE):
            self.times.append(self._ask())

    @property
    def median(self) -> float:
        """Return the median in seconds."""
        return statistics.median(self.times)

    def _ask(self) -> float:
        begun = time.perf_counter()
        response = self.client.get(self.url, self.query)
        took = time.perf_counter() - begun
        if response.status_code != 200:
            raise SystemExit(f"{self.url} {self.query}: {response.status_code}")
        return took
