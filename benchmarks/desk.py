"""The finance desk over many payments, each list beside the same rows in a listing of Wagtail's own."""

import time
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from benchmarks import exports, payment_list, receipts, reports
from benchmarks.pace import ROWS, slowness
from wagtail_payments.services.seed import payments_seed

YEARS = 3

# Each prints its figures and returns whether its bounds hold; those in seconds are taken times a factor.
PARTS: list[Callable[[Client, float], bool]] = [
    payment_list.run,
    reports.run,
    exports.run,
    receipts.run,
]


def run(*, payments: int) -> bool:
    """Make the payments, measure every part; return whether all bounds are kept."""
    client = _signed_in()
    seed(ROWS)
    slow = slowness(client)
    seed(payments - ROWS)
    held = [part(client, slow) for part in PARTS]
    return all(held)


def _signed_in() -> Client:
    user, _ = get_user_model().objects.get_or_create(
        username="bench", is_superuser=True, is_staff=True
    )
    client = Client()
    client.force_login(user)
    return client


def seed(payments: int) -> None:
    """Make payments, and have the database clean up behind it, as it does by itself in time."""
    begun = time.perf_counter()
    payments_seed(payments=payments, years=YEARS)
    took = time.perf_counter() - begun
    print(f"  {payments:,} payments made in {took:.0f} s, {payments / took:,.0f} a second")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
