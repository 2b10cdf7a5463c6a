"""Measures and prints durations, as median and 95th percentile. Times are in seconds, printed in ms."""

import statistics
import time
from collections.abc import Callable


def timed(action: Callable[[], object]) -> float:
    """Return how long ``action`` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def show(name: str, times: list[float], *, against: list[float] | None = None) -> None:
    """Print the times; with ``against``, also the ratio of the medians."""
    median = statistics.median(times)
    p95 = statistics.quantiles(times, n=20)[-1]
    ratio = f"  ×{median / statistics.median(against):.2f}" if against else ""
    print(f"  {name:<48} median {median * 1000:7.1f} ms   p95 {p95 * 1000:7.1f} ms{ratio}")


def check_limit(name: str, *, figure: str, limit: str, passed: bool) -> bool:
    """Print a figure and its limit; return ``passed``."""
    print(f"  {name:<48} {figure:>14}   limit: {limit}{'' if passed else '   EXCEEDED'}")
    return passed
