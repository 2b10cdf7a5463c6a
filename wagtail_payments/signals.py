"""Signals for the site's own code. Nothing in this package listens to them.

A background task calls receivers at least once: a receiver must tolerate repetition.
"""

from django.dispatch import Signal

payment_succeeded = Signal()
"""Sent once money has arrived. Arguments: ``payment`` (the :class:`~wagtail_payments.models.Payment`)."""

payment_failed = Signal()
"""Sent when a delayed payment has failed. Arguments: ``payment``."""

payment_refunded = Signal()
"""Sent for each refund that has succeeded. Arguments: ``payment`` and ``refund`` (the
:class:`~wagtail_payments.models.Refund`)."""
