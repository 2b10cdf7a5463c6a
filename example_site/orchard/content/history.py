"""Creates fourteen months of past payments, enough to compare a month with the year before."""

from wagtail_payments.models import Payment
from wagtail_payments.sandbox.seed import payments_seed

from .users import payer

PAYMENTS = 480
YEARS = 14 / 12


def history_ensure() -> int:
    """Create past payments, unless there are payments; return their number."""
    if Payment.objects.exists():
        return 0
    return payments_seed(payments=PAYMENTS, years=YEARS, regular=payer(), sums=False)
