"""What moves money, in the order of time: each source is read by its own index, and they are merged.

A movement is signed: below zero, money leaves. What moved it says when it did.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ...enums import DisputeStatus, PaymentStatus, PayoutStatus, RefundNoteKind
from ...models import Dispute, Payment, Payout, Refund
from ...money import included_tax
from .pieces import rows_in_pieces

WORDS: dict[str, str | Promise] = {
    "payment": _("Payment"),
    "fee": _("Fee"),
    "refund": _("Refund"),
    "refund_back": _("Refund that came back"),
    "dispute": _("Dispute"),
    "dispute_back": _("Dispute that came back"),
    "payout": _("Payout"),
}
"""The types of movements."""

_GONE = (PayoutStatus.FAILED, PayoutStatus.CANCELED)
