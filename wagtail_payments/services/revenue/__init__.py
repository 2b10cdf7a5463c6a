"""Sums by day: kept equal to the raw rows.

Whatever changes a payment marks its days as stale in the same transaction; they are summed up anew
before somebody reads them, each minute, and, should a mark ever be missing, at night.
"""

from .refresh import revenue_refresh
from .stale import days_mark_stale, payment_mark_stale
from .verify import revenue_check

__all__ = ["days_mark_stale", "payment_mark_stale", "revenue_check", "revenue_refresh"]
