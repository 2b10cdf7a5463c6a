"""A receipt's PDF, drawn in this process."""

from benchmarks.figures import show, timed
from wagtail_payments.models import Receipt
from wagtail_payments.services.receipt_pdf import receipt_pdf


def run() -> None:
    """Draw fifty."""
    print("\nReceipt")
    receipts = list(Receipt.objects.select_related("payment", "series")[:50])
    receipt_pdf(receipts[0])
    show("PDF", [timed(lambda r=receipt: receipt_pdf(r)) for receipt in receipts])
