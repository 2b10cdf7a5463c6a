"""Believable test payments, as many as wanted: for demonstrations, tests and benchmarks.

Rows are written straight into the tables. Nothing is mailed, no signal is sent, no provider is asked,
and no number is taken from a series of real receipts.
"""

from .seeding import payments_seed

__all__ = ["payments_seed"]
