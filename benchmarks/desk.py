"""The finance desk over many payments, each list beside the same rows in a listing of Wagtail's own."""

import time
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from benchmarks import exports, payment_list, reports
from wagtail_payments.models import Payment
from wagtail_payments.sandbox.seed import payments_seed

YEARS = 3

# What others measure on the same payments: each prints its figures and returns whether its bounds hold.
PARTS: list[Callable[[Client], bool]] = [payment_list.run, reports.run, exports.run]


def run(*, payments: int) -> bool:
    """Make the payments, measure every part; return whether all bounds are kept."""
    seed(payments)
    return measure()


def measure() -> bool:
    """Measure every part on the payments that are there."""
    user, _ = get_user_model().objects.get_or_create(
        username="bench", is_superuser=True, is_staff=True
    )
    client = Client()
    client.force_login(user)
    held = [part(client) for part in PARTS]
    return all(held)


def seed(payments: int) -> None:
    """Make the payments, and have the database clean up behind it, as it does by itself in time."""
    begun = time.perf_counter()
    payments_seed(payments=payments, years=YEARS)
    took = time.perf_counter() - begun
    print(
        f"  {Payment.objects.count():,} payments made in {took:.0f} s, {payments / took:,.0f} a second"
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
