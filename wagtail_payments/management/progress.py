"""The bar that long commands show."""

import sys
from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

Thing = TypeVar("Thing")


def progress(name: str, items: Iterable[Thing], *, quiet: bool = False) -> Iterable[Thing]:
    """Yield ``things``, and show on a terminal's standard error how far it is."""
    bar: Iterable[Thing] = tqdm(
        items, desc=name, unit="", file=sys.stderr, disable=quiet or not sys.stderr.isatty()
    )
    return bar
