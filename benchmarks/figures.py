"""Median and 95th percentile, printed the same way everywhere. Times are in seconds, shown in ms."""

import statistics
import time
from collections.abc import Callable


def timed(action: Callable[[], object]) -> float:
    """Return how long ``action`` takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def show(what: str, times: list[float], *, against: list[float] | None = None) -> None:
    """Print one line; with ``against``, the ratio of the medians too."""
    median = statistics.median(times)
    p95 = statistics.quantiles(times, n=20)[-1]
    ratio = f"  ×{median / statistics.median(against):.2f}" if against else ""
    print(f"  {what:<48} median {median * 1000:7.1f} ms   p95 {p95 * 1000:7.1f} ms{ratio}")


def hold(what: str, *, figure: str, bound: str, held: bool) -> bool:
    """Print a figure beside its bound; return whether it holds."""
    print(f"  {what:<48} {figure:>14}   bound: {bound}{'' if held else '   MISSED'}")
    return held
