"""Sizes of the resilience tests; ``WAGTAIL_PAYMENTS_TEST_SIZE=full`` runs them in full.

Durations are in seconds.
"""

import os

FULL = os.environ.get("WAGTAIL_PAYMENTS_TEST_SIZE") == "full"

EVENTS = 10_000 if FULL else 60
PAYMENTS = 500 if FULL else 30
KILLS = 30 if FULL else 4
BETWEEN_KILLS = 3 if FULL else 1.5
OUTAGE = 5 if FULL else 1.5
SETTLING = 3600 if FULL else 300
LEASE = 20 if FULL else 6
REFUND_RACES = 20 if FULL else 3
BUYERS = 50
EXAMPLES, STEPS = (100, 50) if FULL else (12, 25)
BACKLOG = 2000 if FULL else 25
