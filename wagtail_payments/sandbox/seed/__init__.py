"""Realistic test payments in any number, for demos, tests and benchmarks.

Rows are written directly to the tables. No email or signal is sent, no provider is called, and no
number of a live receipt series is used.
"""

from .seeding import payments_seed

__all__ = ["payments_seed"]
