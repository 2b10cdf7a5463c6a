"""Measures the creation of PDF receipts."""

import statistics

from benchmarks.figures import check_limit, show, timed
from wagtail_payments.models import Receipt
from wagtail_payments.services.receipts.pdf import receipt_pdf

LIMIT = 40
"""Milliseconds, for the median."""


def run() -> bool:
    """Create fifty receipts; return whether the limit is kept."""
    print("\nReceipt")
    receipts = list(Receipt.objects.select_related("payment", "series")[:50])
    receipt_pdf(receipts[0])
    times = [timed(lambda r=receipt: receipt_pdf(r)) for receipt in receipts]
    show("PDF", times)
    median = statistics.median(times) * 1000
    limit = f"under {LIMIT} ms"
    return check_limit("PDF, median", figure=f"{median:.1f} ms", limit=limit, passed=median < LIMIT)
