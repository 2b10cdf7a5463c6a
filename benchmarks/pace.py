"""How slow this machine is, told by what the bounds in seconds were written beside.

They are of a machine on which a listing of Wagtail 8.0.1's own shows 20 rows in 40 ms. On a slower one
they are as much wider, up to three times; on a faster one they are what they are.
"""

from django.test import Client
from django.urls import reverse

from benchmarks.screens import Screen, ask_in_turn

ROWS = 20
WRITTEN_BESIDE = 0.04
MOST = 3.0


def slowness(client: Client) -> float:
    """Measure the listing of the ``ROWS`` that are there; return what bounds are multiplied by."""
    screen = Screen(client, reverse("bench_stock:index"), {})
    ask_in_turn([screen])
    slow = min(max(screen.median / WRITTEN_BESIDE, 1.0), MOST)
    print(
        f"  Wagtail's own listing of {ROWS} rows: {screen.median * 1000:.0f} ms. Bounds were written "
        f"where it takes {WRITTEN_BESIDE * 1000:.0f}: those in seconds are taken ×{slow:.2f} here."
    )
    return slow
