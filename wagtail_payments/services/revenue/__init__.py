"""Daily totals, kept equal to the raw rows.

Each change of a payment marks its days as stale in the same transaction. Stale days are refreshed
before a report is shown, each minute, and, in case a mark is missing, at night.
"""

from .refresh import revenue_refresh
from .stale import days_mark_stale, payment_mark_stale
from .verify import revenue_check

__all__ = ["days_mark_stale", "payment_mark_stale", "revenue_check", "revenue_refresh"]
