"""A receipt's PDF, drawn in this process."""

import statistics

from benchmarks.figures import hold, show, timed
from wagtail_payments.models import Receipt
from wagtail_payments.services.receipt_pdf import receipt_pdf

BOUND = 0.04
"""Seconds in which half of them have to be drawn."""


def run(_client: object, slow: float) -> bool:
    """Draw fifty; return whether that is fast enough, with the bound times ``slow``."""
    receipts = list(Receipt.objects.select_related("payment", "series")[:50])
    receipt_pdf(receipts[0])
    times = [timed(lambda r=receipt: receipt_pdf(r)) for receipt in receipts]
    show("receipt as PDF", times)
    median, bound = statistics.median(times), BOUND * slow
    figure = f"{median * 1000:.1f} ms"
    limit = f"under {bound * 1000:.0f} ms"
    return hold("receipt as PDF, median", figure=figure, bound=limit, held=median < bound)
