"""A receipt's PDF, drawn in this process."""

import statistics

from benchmarks.figures import hold, show, timed
from wagtail_payments.models import Receipt
from wagtail_payments.services.receipts.pdf import receipt_pdf

BOUND = 40
"""Milliseconds in which half of them have to be drawn."""


def run() -> bool:
    """Draw fifty; return whether that is fast enough."""
    print("\nReceipt")
    receipts = list(Receipt.objects.select_related("payment", "series")[:50])
    receipt_pdf(receipts[0])
    times = [timed(lambda r=receipt: receipt_pdf(r)) for receipt in receipts]
    show("PDF", times)
    median = statistics.median(times) * 1000
    bound = f"under {BOUND} ms"
    return hold("PDF, median", figure=f"{median:.1f} ms", bound=bound, held=median < BOUND)
