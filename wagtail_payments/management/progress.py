"""The progress that long commands write."""

import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any

from django.core.management.base import BaseCommand

from wagtail_payments.utils.progress import Watch, unwatched

INTERVAL = 5
"""Seconds between two lines."""


def progress(command: BaseCommand, *, quiet: bool = False) -> Watch:
    """Return a callback that writes every few seconds how many items are done."""

    def watch(name: str, items: Iterable[Any]) -> Iterator[Any]:
        total = f" of {len(items)}" if isinstance(items, Sized) else ""
        written = time.monotonic()
        for number, item in enumerate(items, start=1):
            yield item
            if time.monotonic() - written >= INTERVAL:
                command.stdout.write(f"{name}: {number}{total}")
                written = time.monotonic()

    return unwatched if quiet else watch
