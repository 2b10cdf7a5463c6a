"""Past payments: fourteen months of them, so that there is a same month a year ago."""

from wagtail_payments.models import Payment
from wagtail_payments.sandbox.seed import payments_seed

from .users import payer

PAYMENTS = 480
YEARS = 14 / 12


def history_ensure() -> int:
    """Write past payments, unless there are any; return how many were written."""
    if Payment.objects.exists():
        return 0
    return payments_seed(payments=PAYMENTS, years=YEARS, regular=payer(), sums=False)
