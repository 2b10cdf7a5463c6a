"""Measures the finance desk with many payments, and compares lists with Wagtail's own."""

import time
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from benchmarks import exports, payment_list, reports
from wagtail_payments.models import Payment
from wagtail_payments.sandbox.seed import payments_seed

YEARS = 3

# Each part prints its figures, and returns whether its limits are kept.
PARTS: list[Callable[[Client], bool]] = [payment_list.run, reports.run, exports.run]


def run(*, payments: int) -> bool:
    """Create the payments, and measure all parts; return whether all limits are kept."""
    seed(payments)
    return measure()


def measure() -> bool:
    """Measure all parts with the existing payments."""
    user, _ = get_user_model().objects.get_or_create(
        username="bench", is_superuser=True, is_staff=True
    )
    client = Client()
    client.force_login(user)
    passed = [part(client) for part in PARTS]
    return all(passed)


def seed(payments: int) -> None:
    """Create the payments, and vacuum the database, as autovacuum would do later."""
    start = time.perf_counter()
    payments_seed(payments=payments, years=YEARS)
    took = time.perf_counter() - start
    print(
        f"  {Payment.objects.count():,} payments created in {took:.0f} s, {payments / took:,.0f} per second"
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
