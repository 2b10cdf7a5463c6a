"""Signals for the host site's own code. They only point outward; nothing in here listens to them.

Receivers are called from a background task, at least once: a receiver must tolerate a repeat.
"""

from django.dispatch import Signal

payment_succeeded = Signal()
"""Sent once money has arrived. Arguments: ``payment`` (the :class:`~wagtail_payments.models.Payment`)."""

payment_failed = Signal()
"""Sent when a delayed payment ended without money. Arguments: ``payment``."""

payment_refunded = Signal()
"""Sent once money was given back, for each refund. Arguments: ``payment`` and ``refund`` (the
:class:`~wagtail_payments.models.Refund`)."""
